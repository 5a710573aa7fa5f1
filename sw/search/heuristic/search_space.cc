#include "heuristic/search_space.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/search/edge_explainer.h"

namespace fusesim {
namespace {

Group all_ops(const Graph& graph) {
  Group all(graph.ops.size());
  for (size_t o = 0; o < all.size(); ++o) all[o] = static_cast<OpId>(o);
  return all;
}

}  // namespace

SearchSpace::SearchSpace(const SearchProblem& problem, Evaluator& evaluator)
    : graph_(problem.graph),
      sources_(graph_.ops.size()),
      readers_(graph_.ops.size()),
      alone_(graph_.ops.size(), 0) {
  for (const GroupEdge& edge : edges_inside(graph_, all_ops(graph_))) {
    readers_[static_cast<size_t>(edge.from)].push_back(edge.to);
    sources_[static_cast<size_t>(edge.to)].push_back(edge.from);
  }
  PlanGroupModel model = problem.group_model();
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    if (!is_opaque(graph_.op(op)) && evaluator.fits({op})) {
      free_.push_back(op);
      continue;
    }
    alone_[o] = 1;
    const std::optional<GroupCost> cost = cost_under(problem.objective, model, {op});
    if (!cost) model.require_fit();
    alone_bytes_ += cost.value().traffic.total_bytes();
    alone_cycles_ += cost->cycles;
    alone_energy_pj_ += cost->energy_pj;
    alone_value_ += problem.objective.value(*cost);
  }
}

void SearchSpace::free_neighbours(OpId op, const Labels& labels, std::vector<OpId>& result) const {
  result.clear();
  const int32_t own = labels[static_cast<size_t>(op)];
  const auto look = [&](OpId other) {
    if (!runs_alone(other) && labels[static_cast<size_t>(other)] != own) result.push_back(other);
  };
  for (const OpId other : sources(op)) look(other);
  for (const OpId other : readers(op)) look(other);
}

Plan groups_of(const Labels& labels) {
  int32_t most = -1;
  for (const int32_t label : labels) most = std::max(most, label);
  std::vector<int32_t> place(static_cast<size_t>(most + 1), -1);
  Plan plan;
  for (size_t o = 0; o < labels.size(); ++o) {
    int32_t& slot = place[static_cast<size_t>(labels[o])];
    if (slot < 0) {
      slot = static_cast<int32_t>(plan.size());
      plan.emplace_back();
    }
    plan[static_cast<size_t>(slot)].push_back(static_cast<OpId>(o));
  }
  return plan;
}

Labels labels_of(const Plan& plan, size_t ops) {
  Labels labels(ops, -1);
  for (size_t g = 0; g < plan.size(); ++g) {
    for (const OpId op : plan[g]) labels[static_cast<size_t>(op)] = static_cast<int32_t>(g);
  }
  return labels;
}

}  // namespace fusesim
