#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fusesim::testing {

/// A value change dump, read by itself alone. Names are those of scopes and signal, joined by dots.
struct VcdFile {
  /// (moment in ticks, value), the first at 0.
  std::map<std::string, std::vector<std::pair<int64_t, int64_t>>> signals;
  std::string timescale;
  std::vector<std::string> faults;  ///< what does not follow the format; empty: none

  /// Ticks until the last change of all during which the signal has this value.
  int64_t time(const std::string& signal, int64_t value) const;
  int64_t last_tick = 0;
};
VcdFile read_vcd(const std::string& path);

}  // namespace fusesim::testing
