#include "search_space.h"

#include <algorithm>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/search/edge_explainer.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

Group all_ops(const Graph& graph) {
  Group all(graph.ops.size());
  for (size_t o = 0; o < all.size(); ++o) all[o] = static_cast<OpId>(o);
  return all;
}

}  // namespace

SearchSpace::SearchSpace(const Graph& graph, Scheme scheme, const Config& config, Evaluator& evaluator)
    : graph_(graph), sources_(graph.ops.size()), readers_(graph.ops.size()), alone_(graph.ops.size(), 0) {
  for (const GroupEdge& edge : edges_inside(graph, all_ops(graph))) {
    readers_[static_cast<size_t>(edge.from)].push_back(edge.to);
    sources_[static_cast<size_t>(edge.to)].push_back(edge.from);
  }
  const CostModel cost(graph, cost_params(config));
  const int64_t buffer_bytes = config.buffer.capacity_bytes;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    const Group group = {static_cast<OpId>(o)};
    const bool opaque = graph.ops[o].kind == OpKind::opaque;
    const bool fits = !opaque && evaluator.fits(group);
    if (fits) {
      free_.push_back(group.front());
      continue;
    }
    alone_[o] = 1;
    const int64_t bytes = group_bytes(cost, graph, group, scheme, buffer_bytes);
    if (bytes == kNeverFits) {
      const int64_t needed = std::min(evaluator.f_beta_bytes(group), cost.brr_f_beta(group)) + 1;
      throw Error("op '" + graph.ops[o].name + "': needs " + std::to_string(needed) + " bytes, buffer has " +
                  std::to_string(buffer_bytes));
    }
    alone_bytes_ += bytes;
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
