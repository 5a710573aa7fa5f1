#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <systemc>

namespace fusesim::testing {

/// Most rows of an array in these tests: as wide as the buses down its columns are.
inline constexpr size_t kMostRows = 12;

/// What an input row carries in a cycle, on its way from column to column.
struct Input {
  bool first = false;   ///< of its step: the next weights take the place of those in use
  bool own = false;     ///< the column brings the value (depthwise: no two columns share one)
  int32_t segment = 0;  ///< which of the positions side by side the row belongs to
  int32_t value = 0;
};
inline bool operator==(const Input& a, const Input& b) {
  return a.first == b.first && a.own == b.own && a.segment == b.segment && a.value == b.value;
}
inline std::ostream& operator<<(std::ostream& out, const Input& input) { return out << input.value; }

/// What comes down a column for one of its cells.
struct Lane {
  bool loads = false;  ///< brings a weight
  int32_t weight = 0;
  int32_t input = 0;
};
inline bool operator==(const Lane& a, const Lane& b) {
  return a.loads == b.loads && a.weight == b.weight && a.input == b.input;
}

/// The bus down a column: one lane for each row.
struct Lanes {
  std::array<Lane, kMostRows> of_row;
};
inline bool operator==(const Lanes& a, const Lanes& b) { return a.of_row == b.of_row; }
inline std::ostream& operator<<(std::ostream& out, const Lanes& lanes) {
  for (const Lane& lane : lanes.of_row) out << lane.weight << '/' << lane.input << ' ';
  return out;
}

/// Says at the foot of a column what its sums are.
struct Tag {
  int32_t step = -1;   ///< of the program; -1: no sums
  int32_t place = 0;   ///< position, or positions side by side
  int32_t ended = -1;  ///< block whose last cycle this is; -1: none
};
inline bool operator==(const Tag& a, const Tag& b) {
  return a.step == b.step && a.place == b.place && a.ended == b.ended;
}

/// Partial sums of a column: one for each of the positions side by side.
struct Sums {
  Tag tag;
  std::array<int64_t, kMostRows> of_segment{};
};
inline bool operator==(const Sums& a, const Sums& b) {
  return a.tag == b.tag && a.of_segment == b.of_segment;
}
inline std::ostream& operator<<(std::ostream& out, const Sums& sums) { return out << sums.of_segment[0]; }

// Ports want to know how their values are traced, though no trace file is written here.
inline void sc_trace(sc_core::sc_trace_file*, const Input&, const std::string&) {}
inline void sc_trace(sc_core::sc_trace_file*, const Lanes&, const std::string&) {}
inline void sc_trace(sc_core::sc_trace_file*, const Sums&, const std::string&) {}

}  // namespace fusesim::testing
