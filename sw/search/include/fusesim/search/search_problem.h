#pragma once

#include <optional>
#include <stdexcept>
#include <vector>

#include "fusesim/base/stop.h"
#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/graph.h"
#include "fusesim/search/objective.h"

namespace fusesim {

/// Comes out of a search that was abandoned: it has no result.
class SearchAbandoned : public std::runtime_error {
 public:
  SearchAbandoned() : std::runtime_error("the search was abandoned") {}
};
/// Throws it if `abandon` says so.
inline void check_abandoned(const StopFn& abandon) {
  if (abandon && abandon()) throw SearchAbandoned();
}

/// What is asked of a search. Refers to its parts, which outlive it.
struct SearchProblem {
  const Graph& graph;
  const FusionScheme& scheme;
  const Config& config;
  const Objective& objective;
  StopFn abandon;  ///< asked before a group is priced; true: SearchAbandoned comes out of the search

  SearchProblem(const Graph& network, Scheme scheme_id, const Config& configuration,
                const Objective& minimised = dram_objective())
      : graph(network), scheme(fusion_scheme(scheme_id)), config(configuration), objective(minimised) {}

  int64_t buffer_bytes() const { return config.buffer.capacity_bytes; }
  PlanGroupModel group_model() const {
    return PlanGroupModel(graph, scheme, cost_params(config), buffer_bytes());
  }
};

/// Cost of the schedule that the objective takes; nothing if the group is not valid.
inline std::optional<GroupCost> cost_under(const Objective& objective, PlanGroupModel& model,
                                           const Group& group) {
  if (!objective.needs_time()) return model.cost(group);
  const std::vector<GroupCost> front = model.front(group);
  if (front.empty()) return std::nullopt;
  return front[objective.pick(front)];
}

}  // namespace fusesim
