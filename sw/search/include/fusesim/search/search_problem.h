#pragma once

#include <optional>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/graph.h"
#include "fusesim/search/objective.h"

namespace fusesim {

/// What is asked of a search. Refers to its parts, which outlive it.
struct SearchProblem {
  const Graph& graph;
  const FusionScheme& scheme;
  const Config& config;
  const Objective& objective;

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
