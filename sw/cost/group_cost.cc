#include "fusesim/cost/group_cost.h"

namespace fusesim {
namespace {

class LeastTraffic : public CostRank {
 public:
  bool needs_time() const override { return false; }
  size_t pick(const std::vector<GroupCost>&) const override { return 0; }
};

}  // namespace

const CostRank& least_traffic() {
  static const LeastTraffic rank;
  return rank;
}

}  // namespace fusesim
