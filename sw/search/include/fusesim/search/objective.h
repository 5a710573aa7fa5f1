#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/group_model.h"

namespace fusesim {

/// What some ops come to at least, however they are grouped.
struct CostFloor {
  int64_t dram_bytes = 0;
};

/// What a search minimises: the sum over the groups of a plan of a value of each. Immutable, shared by all
/// threads.
class Objective {
 public:
  virtual ~Objective() = default;
  virtual const char* name() const = 0;
  /// Of one group; from 0 to kNeverFits - 1.
  virtual int64_t value(const GroupCost& cost) const = 0;
  /// No groups whose costs add up to this floor or more have less value together. Does not fall as the floor
  /// rises. Searches add it to values of other groups, so it must hold for a part of the floor as well.
  virtual int64_t lower_bound(const CostFloor& floor) const = 0;
};

/// F_D: bytes that cross the DRAM pins.
const Objective& dram_objective();
/// All objectives, in the order in which they are listed.
const std::vector<const Objective*>& objectives();

}  // namespace fusesim
