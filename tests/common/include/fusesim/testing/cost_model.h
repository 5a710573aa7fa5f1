#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "brr/model.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/op_facts.h"
#include "lbdf/model.h"

namespace fusesim::testing {

struct LbdfCost {
  int64_t f_beta_bytes = 0;
  Traffic traffic;
  std::vector<Ring> rings;
};

/// Both schemes' models of one graph side by side, as tests compare them.
class CostModel {
 public:
  CostModel(const Graph& graph, const CostParams& params)
      : graph_(graph),
        lbdf_(std::make_unique<LbdfModel>(graph, params)),
        brr_(std::make_unique<BrrModel>(graph, params)) {}

  LbdfCost lbdf(const Group& group) const {
    return {lbdf_->f_beta_bytes(group), lbdf_->traffic(group), lbdf_->rings(group)};
  }
  int64_t lbdf_f_beta(const Group& group) const { return lbdf_->f_beta_bytes(group); }
  Traffic lbdf_traffic(const Group& group) const { return lbdf_->traffic(group); }
  int64_t brr_f_beta(const Group& group) const { return brr_->f_beta_bytes(group); }
  std::optional<BrrCost> brr(const Group& group, int64_t buffer_bytes) const {
    if (!is_opaque(graph_.op(group.front()))) return brr_->best(group, buffer_bytes);
    BrrCost cost;
    cost.mode = GroupMode::opaque;
    cost.traffic = brr_->cost(group, buffer_bytes)->traffic;
    return cost;
  }
  /// Of the schedules that move least the one of fewest tiles, and of these the one of least buffer: what can
  /// be compared with those who know nothing of time.
  std::optional<BrrCost> brr_least_buffer(const Group& group, int64_t buffer_bytes) const {
    if (is_opaque(graph_.op(group.front()))) return brr(group, buffer_bytes);
    const std::vector<BrrCost> ties = brr_->ties(group, buffer_bytes);
    if (ties.empty()) return std::nullopt;
    return *std::min_element(ties.begin(), ties.end(), [](const BrrCost& a, const BrrCost& b) {
      return std::make_pair(a.schedule.tiles, a.buffer_bytes) <
             std::make_pair(b.schedule.tiles, b.buffer_bytes);
    });
  }
  std::string brr_illegal_reason(const Group& group) const { return brr_->illegal_reason(group); }

 private:
  const Graph& graph_;
  std::unique_ptr<LbdfModel> lbdf_;
  std::unique_ptr<BrrModel> brr_;
};

inline BufferBreakdown buffer_breakdown(const Graph& graph, const Group& group, Scheme scheme,
                                        const CostParams& params) {
  return fusion_scheme(scheme).model(graph, params)->breakdown(group);
}

/// F_D of a group as a plan of the scheme runs it, or kNeverFits.
inline int64_t group_bytes(const Graph& graph, const CostParams& params, const Group& group, Scheme scheme,
                           int64_t buffer_bytes) {
  const std::optional<GroupCost> cost =
      PlanGroupModel(graph, fusion_scheme(scheme), params, buffer_bytes).cost(group);
  return cost ? cost->traffic.total_bytes() : kNeverFits;
}

}  // namespace fusesim::testing
