#include "fusesim/explain/rg_explainer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fusesim/graph/error.h"
#include "rg_policy.h"

namespace fusesim {
RgExplainer::RgExplainer(const gnn::Network& network, RgWeights weights, const RgOptions& options)
    : network_(network), weights_(std::move(weights)), options_(options) {
  check(weights_, network_);
  if (options_.most_nodes < static_cast<int64_t>(kRgLeastNodes)) {
    throw Error("most_nodes: expected at least " + std::to_string(kRgLeastNodes) + ", got " +
                std::to_string(options_.most_nodes));
  }
}

std::vector<int32_t> RgExplainer::select(const gnn::GraphInput& graph) const {
  gnn::Pass pass(network_, graph);
  pass.forward();
  const RgGraph shape(graph);
  const int32_t seed = best_seed(shape, seed_logits(weights_, pass.node_embeddings()));
  if (seed < 0) return {};
  Expansion expansion(shape, seed);
  grow_greedily(weights_, attribute_terms(weights_, standardised(network_, graph)), options_.most_nodes,
                expansion);
  return expansion.selected();
}

Explanation RgExplainer::explain(const gnn::GraphInput& graph, int64_t target, uint64_t) {
  if (target < 0 || target >= network_.classes()) {
    throw Error("class: expected a number below " + std::to_string(network_.classes()) + ", got " +
                std::to_string(target));
  }
  const std::vector<int32_t> selected = select(graph);
  std::vector<int64_t> place(static_cast<size_t>(graph.nodes), -1);
  for (size_t i = 0; i < selected.size(); ++i) {
    place[static_cast<size_t>(selected[i])] = static_cast<int64_t>(i);
  }
  const auto most = static_cast<double>(options_.most_nodes);
  Explanation explanation;
  explanation.scores.assign(graph.edges.size(), 0.0);
  size_t held = 0;
  for (size_t e = 0; e < graph.edges.size(); ++e) {
    const int64_t from = place[static_cast<size_t>(graph.edges[e].first)];
    const int64_t to = place[static_cast<size_t>(graph.edges[e].second)];
    if (from < 0 || to < 0 || from == to) continue;
    explanation.scores[e] = (most - static_cast<double>(std::max(from, to))) / (most - 1.0);
    ++held;
  }
  explanation.edges = by_score(explanation.scores);
  explanation.edges.resize(held);
  return explanation;
}

}  // namespace fusesim
