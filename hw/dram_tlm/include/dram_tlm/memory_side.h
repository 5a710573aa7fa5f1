#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "dram/traffic_counter.h"
#include "fusesim/hw/counters.h"

namespace fusesim::hw {

/// What the sequencer asks of the memory at the other end of the DMA.
class MemorySide {
 public:
  virtual ~MemorySide() = default;
  /// A schedule begins; payloads count into `traffic` (may be null) from now on. Call only when idle.
  virtual void reset_state(TrafficCounter* traffic) = 0;
  /// Pin counts up to now, since the last call or reset.
  virtual DramCounts take_counts() = 0;
  /// Stretches [begin, end) in ps of the kernel's time, ascending and disjoint, in which the bus turned
  /// around or a refresh stopped it and no channel moved data; up to now, since the last call or reset.
  virtual std::vector<std::pair<int64_t, int64_t>> take_stops() = 0;
};

}  // namespace fusesim::hw
