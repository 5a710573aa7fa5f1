#include "group_costs.h"

#include <algorithm>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

/// Validity is F_beta < beta, so that an op needs one byte more than its F_beta.
int64_t needed_bytes(const CostModel& cost, const Group& group, Scheme scheme) {
  int64_t needed = cost.brr_f_beta(group);
  if (scheme == Scheme::lbdf) needed = std::min(needed, cost.lbdf_f_beta(group));
  return needed + 1;
}

}  // namespace

int64_t group_bytes(const CostModel& cost, const Graph& graph, const Group& group, Scheme scheme,
                    int64_t buffer_bytes) {
  const bool opaque = graph.op(group.front()).kind == OpKind::opaque;
  if (opaque) return cost.lbdf_traffic(group).total_bytes();
  if (scheme == Scheme::lbdf) {
    const LbdfFigures figures = cost.lbdf_figures(group);
    if (figures.f_beta_bytes < buffer_bytes) return figures.traffic.total_bytes();
    if (group.size() > 1) return kNeverFits;
  }
  const std::optional<BrrCost> brr = cost.brr(group, buffer_bytes);
  return brr ? brr->traffic.total_bytes() : kNeverFits;
}

GroupCosts::GroupCosts(const Graph& graph, Scheme scheme, const Config& config)
    : graph_(graph),
      scheme_(scheme),
      buffer_bytes_(config.buffer.capacity_bytes),
      cost_(graph, cost_params(config)),
      groups_(words_for(graph.ops.size())),
      words_(words_for(graph.ops.size()), 0) {}

int64_t GroupCosts::bytes(const Group& group) {
  std::fill(words_.begin(), words_.end(), 0);
  for (OpId op : group) set_op(words_.data(), op);
  const auto [id, is_new] = groups_.insert(words_.data());
  if (is_new) known_.push_back(group_bytes(cost_, graph_, group, scheme_, buffer_bytes_));
  return known_[id];
}

std::vector<int64_t> GroupCosts::single_bytes() {
  std::vector<int64_t> result;
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const Group group = {static_cast<OpId>(o)};
    result.push_back(bytes(group));
    if (result.back() != kNeverFits) continue;
    throw Error("op '" + graph_.ops[o].name + "': needs " +
                std::to_string(needed_bytes(cost_, group, scheme_)) + " bytes, buffer has " +
                std::to_string(buffer_bytes_));
  }
  return result;
}

int64_t GroupCosts::fusable_bytes(const Plan& plan) {
  int64_t sum = 0;
  for (const Group& group : plan) {
    const bool opaque = graph_.op(group.front()).kind == OpKind::opaque;
    const bool runs_as_brr = group.size() == 1 && !opaque && cost_.lbdf_f_beta(group) >= buffer_bytes_;
    if (scheme_ == Scheme::brr || (!opaque && !runs_as_brr)) sum += bytes(group);
  }
  return sum;
}

}  // namespace fusesim
