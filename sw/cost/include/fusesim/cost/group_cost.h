#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// What running a group comes to.
struct GroupCost {
  Traffic traffic;           ///< F_D, by kind
  int64_t buffer_bytes = 0;  ///< footprint of the schedule with that traffic; LBDF: F_beta
  int64_t cycles = 0;        ///< F_T, accelerator clock; 0 where only traffic was asked for
  int64_t energy_pj = 0;     ///< F_E, likewise
};

/// Which of a group's schedules is wanted. Immutable, shared by all threads.
class CostRank {
 public:
  virtual ~CostRank() = default;
  /// False: the least traffic is wanted, and time decides ties alone.
  virtual bool needs_time() const = 0;
  /// The index of the wanted one among schedules none of which is worse than another in traffic, cycles and
  /// energy; ascending traffic, at least one.
  virtual size_t pick(const std::vector<GroupCost>& front) const = 0;
};

/// The first of a front.
const CostRank& least_traffic();

}  // namespace fusesim
