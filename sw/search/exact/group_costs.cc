#include "exact/group_costs.h"

#include <algorithm>

#include "fusesim/base/error.h"

namespace fusesim {

GroupCosts::GroupCosts(const SearchProblem& problem)
    : graph_(problem.graph),
      model_(problem.group_model()),
      groups_(words_for(graph_.ops.size())),
      words_(words_for(graph_.ops.size()), 0) {}

const std::optional<GroupCost>& GroupCosts::cost(const Group& group) {
  std::fill(words_.begin(), words_.end(), 0);
  for (OpId op : group) set_op(words_.data(), op);
  const auto [id, is_new] = groups_.insert(words_.data());
  if (is_new) known_.push_back(model_.cost(group));
  return known_[id];
}

std::vector<GroupCost> GroupCosts::single_costs() {
  std::vector<GroupCost> result;
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    const std::optional<GroupCost>& known = cost({op});
    if (!known) throw Error(model_.misfit(op));
    result.push_back(*known);
  }
  return result;
}

int64_t GroupCosts::fusable_bytes(const Plan& plan) {
  int64_t sum = 0;
  for (const Group& group : plan) {
    if (model_.is_fusable(group)) sum += cost(group)->traffic.total_bytes();
  }
  return sum;
}

int64_t GroupCosts::network_bytes(const Plan& plan) {
  int64_t sum = 0;
  for (const Group& group : plan) sum += cost(group)->traffic.total_bytes();
  return sum;
}

}  // namespace fusesim
