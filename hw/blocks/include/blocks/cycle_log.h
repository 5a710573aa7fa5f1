#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "fusesim/hw/causes.h"

namespace fusesim::hw {

/// Cycles [begin, end).
struct CycleRange {
  int64_t begin = 0;
  int64_t end = 0;
};

/// Some cycles in which a unit does one thing for an op.
struct UnitPhase {
  int64_t begin = 0;
  int64_t end = 0;
  Cause cause = Cause::array;
  int64_t op = -1;
};

/// What the units did and what was waited for while a group ran, and from that the cause of each of its
/// cycles. Plain state.
class CycleLog {
 public:
  void clear();
  /// Phases of one unit, in the order of time and without overlap; `unit` is Cause::array or
  /// Cause::vector_unit.
  void occupied(Cause unit, const UnitPhase& phase);
  /// What somebody waited for is there as this cycle begins. Cycles never go back.
  void waited(int64_t cycle, Cause cause);

  /// The cycles of [begin, end) by op and cause. Cycles in which no unit is occupied count for the op whose
  /// work comes next, after the last work for the op that did it, without any for op -1. `stops`: cycles in
  /// which the DRAM turns around or refreshes, ascending and disjoint. Throws Error if a unit goes on, or the
  /// group ends, at a moment for which nobody waited.
  std::map<int64_t, CauseCycles> causes(int64_t begin, int64_t end,
                                        const std::vector<CycleRange>& stops) const;

 private:
  struct Arrival {
    int64_t cycle = 0;
    Cause cause = Cause::ifmap;
  };
  friend class CauseSweep;

  std::vector<UnitPhase> array_, vector_;
  std::vector<Arrival> arrivals_;
};

}  // namespace fusesim::hw
