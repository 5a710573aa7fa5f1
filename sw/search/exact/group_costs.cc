#include "exact/group_costs.h"

#include <algorithm>
#include <utility>

namespace fusesim {

GroupCosts::GroupCosts(const Graph& graph, const FusionScheme& scheme, const Config& config, StopFn abandon)
    : graph_(graph),
      model_(graph, scheme, cost_params(config), config.buffer.capacity_bytes),
      abandon_(std::move(abandon)),
      groups_(SetTable::Before::none),
      words_(words_for(graph_.ops.size()), 0) {}

std::optional<GroupCost> GroupCosts::cost(const Group& group, const Objective& objective) {
  for (OpId op : group) set_op(words_.data(), op);
  const auto [first, last] = std::minmax_element(group.begin(), group.end());
  const auto [id, is_new] = groups_.insert(words_.data(), word_of(*first), word_of(*last) + 1);
  for (OpId op : group) clear_op(words_.data(), op);
  if (is_new) known_.emplace_back();
  Figures& figures = known_[id];
  if (!objective.needs_time()) {
    if (!figures.least_traffic) {
      check_abandoned(abandon_);
      figures.least_traffic = model_.cost(group);
    }
    return *figures.least_traffic;
  }
  if (!figures.front) {
    check_abandoned(abandon_);
    figures.front = model_.front(group);
  }
  if (figures.front->empty()) return std::nullopt;
  return (*figures.front)[objective.pick(*figures.front)];
}

std::vector<GroupCost> GroupCosts::single_costs(const Objective& objective) {
  std::vector<GroupCost> result;
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    const std::optional<GroupCost> known = cost({op}, objective);
    if (!known) model_.require_fit();
    result.push_back(known.value());
  }
  return result;
}

}  // namespace fusesim
