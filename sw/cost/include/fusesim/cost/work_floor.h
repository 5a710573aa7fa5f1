#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/params.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// What some ops come to at least, however they are grouped.
struct CostFloor {
  int64_t dram_bytes = 0;
  int64_t cycles = 0;
  int64_t energy_pj = 0;
};

/// Work that an op is whatever its group and schedule.
struct OpWork {
  int64_t array_cycles = 0;
  int64_t vector_cycles = 0;
  int64_t energy_pj = 0;  ///< multiply-accumulates, vector operations, accesses of the on-chip buffer

  OpWork& operator+=(const OpWork& o) {
    array_cycles += o.array_cycles;
    vector_cycles += o.vector_cycles;
    energy_pj += o.energy_pj;
    return *this;
  }
  OpWork& operator-=(const OpWork& o) {
    array_cycles -= o.array_cycles;
    vector_cycles -= o.vector_cycles;
    energy_pj -= o.energy_pj;
    return *this;
  }
};

/// Least time and energy of groups, from the work of their ops and a lower bound of what they move.
///
/// A group takes no less than its work on one unit (on both, where a scheme uses them in turn) and no less
/// than its bytes at the peak rate of the DRAM; each of these adds up over groups, so the larger of the sums
/// bounds the sum. Every byte costs its share of a whole burst, whoever moves it, and
/// what runs all the time runs for no less than that time.
struct WorkFloor {
  std::vector<OpWork> ops;
  bool units_in_turn = false;    ///< array and vector unit never work side by side
  double cycles_per_byte = 0.0;  ///< DRAM at its peak
  double pj_per_byte = 0.0;      ///< least, read or written
  double pj_per_cycle = 0.0;     ///< static power, background of the DRAM

  CostFloor costs(int64_t dram_bytes, const OpWork& work) const;
};

}  // namespace fusesim
