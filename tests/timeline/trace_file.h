#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace fusesim::testing {

/// A slice of a trace-event file; moments in picoseconds.
struct TraceSlice {
  std::string name;
  int64_t begin_ps = 0, end_ps = 0;
  nlohmann::json args;
};

struct TraceLevel {
  int64_t at_ps = 0, held = 0, free = 0;
};

/// A trace-event file, read by itself alone: tracks by "process/thread" name, counters by name.
struct TraceFile {
  std::map<std::string, std::vector<TraceSlice>> tracks;
  std::map<std::string, std::vector<TraceLevel>> counters;
  int64_t arrows = 0;
  /// What does not follow the format, or does not fit together: a slice that overlaps another of its track
  /// without lying in it, an arrow without both ends, an end without a slice around it, a counter that goes
  /// back in time or above its capacity. Empty: none.
  std::vector<std::string> faults;

  /// Slices of all tracks whose name begins so.
  std::vector<TraceSlice> slices(const std::string& tracks) const;
  /// Their time, those within others left out.
  int64_t time_ps(const std::string& tracks) const;
};

/// Throws nlohmann::json::exception if it is no JSON.
TraceFile read_trace(const std::string& path);

}  // namespace fusesim::testing
