#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "register_array.h"

namespace fusesim::testing {

/// What the registers of an array show, cycle by cycle, as a table of text.
///
///     read x, read w   operands that are read from the buffer
///     x R              input register of the first cell of row R
///     w R,C            weight in use in that corner of the array
///     sum C            what leaves column C
///     out C            result that column C makes of it
class Waveform {
 public:
  explicit Waveform(const ArrayDesign& design);
  /// The current cycle of a run.
  void sample(const RegisterArray& array, const OperandBuffer& buffer);
  std::string text() const;

 private:
  void add(size_t line, const std::string& cell) { lines_[line].second.push_back(cell); }

  PeArrayConfig pe_;
  hw::ArrayAccesses read_;
  int64_t cycle_ = 0;
  std::vector<std::pair<std::string, std::vector<std::string>>> lines_;
};

}  // namespace fusesim::testing
