#pragma once

#include <cstdint>
#include <optional>

#include "fusesim/config/config.h"
#include "fusesim/hw/results.h"

namespace fusesim {

/// The most that a machine can do in a cycle of its clock.
struct Peaks {
  double macs_per_cycle = 0.0;
  double bytes_per_cycle = 0.0;  ///< at the DRAM's pins, without refreshes and turnarounds
};
Peaks peaks_of(const Config& config);

/// What was done in some cycles, and where that stands under the two roofs of a machine. Of a group or a run
/// a roof is never passed; an op of a group may, because its bytes can move in cycles that went to others.
struct Roofline {
  std::optional<double> macs_per_byte;  ///< of DRAM payload; nothing: no byte moves
  double attained = 0.0;                ///< multiply-accumulates per cycle
  double attainable = 0.0;              ///< under the roofs at that intensity
  double array_share = 0.0;             ///< attained over the array's peak
  double bandwidth_share = 0.0;         ///< payload over what the pins can move
  std::optional<double> row_hit_rate;   ///< bursts that found their row open; nothing: no burst
};
Roofline roofline(const Peaks& peaks, const OpResult& op);
Roofline roofline(const Peaks& peaks, const GroupResult& group);
/// Of the whole run.
Roofline roofline(const Peaks& peaks, const RunResult& run);

}  // namespace fusesim
