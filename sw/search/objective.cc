#include "fusesim/search/objective.h"

namespace fusesim {
namespace {

class DramObjective : public Objective {
 public:
  const char* name() const override { return "dram"; }
  int64_t value(const GroupCost& cost) const override { return cost.traffic.total_bytes(); }
  int64_t lower_bound(const CostFloor& floor) const override { return floor.dram_bytes; }
};

}  // namespace

const Objective& dram_objective() {
  static const DramObjective objective;
  return objective;
}

const std::vector<const Objective*>& objectives() {
  static const std::vector<const Objective*> all = {&dram_objective()};
  return all;
}

}  // namespace fusesim
