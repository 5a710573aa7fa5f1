#include "fusesim/explain/rg_explainer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "fusesim/base/error.h"
#include "rg_policy.h"

namespace fusesim {
namespace {

int64_t parts_wanted(const RgOptions& options, int64_t nodes) {
  if (options.nodes_per_seed == 0) return options.seeds;
  const int64_t by_size = (nodes + options.nodes_per_seed - 1) / options.nodes_per_seed;
  return std::max(options.seeds, std::min(options.most_seeds, by_size));
}

}  // namespace

RgExplainer::RgExplainer(const gnn::Network& network, RgWeights weights, const RgOptions& options)
    : network_(network), weights_(std::move(weights)), options_(options) {
  check(weights_, network_);
  if (options_.most_nodes < static_cast<int64_t>(kRgLeastNodes)) {
    throw Error("most_nodes: expected at least " + std::to_string(kRgLeastNodes) + ", got " +
                std::to_string(options_.most_nodes));
  }
  if (options_.seeds < 1) throw Error("seeds: expected at least 1, got " + std::to_string(options_.seeds));
  if (options_.nodes_per_seed < 0) {
    throw Error("nodes_per_seed: expected at least 0, got " + std::to_string(options_.nodes_per_seed));
  }
}

std::vector<std::vector<int32_t>> RgExplainer::select(const gnn::GraphInput& graph) const {
  gnn::Pass pass(network_, graph);
  pass.forward();
  const RgGraph shape(graph);
  const std::vector<float> logits = seed_logits(weights_, pass.node_embeddings());
  const std::vector<float> attributes = attribute_terms(weights_, standardised(network_, graph));
  std::vector<bool> taken(static_cast<size_t>(graph.nodes), false);
  const int64_t wanted = parts_wanted(options_, graph.nodes);
  std::vector<std::vector<int32_t>> parts;
  while (static_cast<int64_t>(parts.size()) < wanted) {
    const int32_t seed = best_seed(shape, logits, taken);
    if (seed < 0) break;
    Expansion expansion(shape, seed);
    grow_greedily(weights_, attributes, options_.most_nodes, expansion);
    for (const int32_t node : expansion.selected()) taken[static_cast<size_t>(node)] = true;
    parts.push_back(expansion.selected());
  }
  return parts;
}

Explanation RgExplainer::explain(const gnn::GraphInput& graph, int64_t target, uint64_t) {
  if (target < 0 || target >= network_.classes()) {
    throw Error("class: expected a number below " + std::to_string(network_.classes()) + ", got " +
                std::to_string(target));
  }
  Explanation explanation;
  explanation.scores.assign(graph.edges.size(), 0.0);
  const auto most = static_cast<double>(options_.most_nodes);
  const auto seeds = static_cast<double>(parts_wanted(options_, graph.nodes));
  const std::vector<std::vector<int32_t>> parts = select(graph);
  for (size_t r = 0; r < parts.size(); ++r) {
    const std::vector<int32_t>& part = parts[r];
    const double weight = (seeds - static_cast<double>(r)) / seeds;
    std::vector<int64_t> place(static_cast<size_t>(graph.nodes), -1);
    for (size_t i = 0; i < part.size(); ++i) place[static_cast<size_t>(part[i])] = static_cast<int64_t>(i);
    for (size_t e = 0; e < graph.edges.size(); ++e) {
      const int64_t from = place[static_cast<size_t>(graph.edges[e].first)];
      const int64_t to = place[static_cast<size_t>(graph.edges[e].second)];
      if (from < 0 || to < 0 || from == to) continue;
      const double score = (most - static_cast<double>(std::max(from, to))) / (most - 1.0) * weight;
      explanation.scores[e] = std::max(explanation.scores[e], score);
    }
  }
  explanation.edges = by_score(explanation.scores);
  const auto held = std::count_if(explanation.scores.begin(), explanation.scores.end(),
                                  [](double score) { return score > 0.0; });
  explanation.edges.resize(static_cast<size_t>(held));
  return explanation;
}

}  // namespace fusesim
