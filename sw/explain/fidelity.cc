#include "fusesim/explain/fidelity.h"

namespace fusesim {
namespace {

double probability(const std::vector<float>& logits, int64_t target) {
  return gnn::softmax(logits)[static_cast<size_t>(target)];
}

/// `inside` for these edges, its opposite for the others.
std::vector<float> weights_with(const std::vector<size_t>& chosen, size_t edges, bool inside) {
  std::vector<float> weights(edges, inside ? 0.0F : 1.0F);
  for (const size_t e : chosen) weights[e] = inside ? 1.0F : 0.0F;
  return weights;
}

void add(Fidelity& sum, const gnn::Network& network, const ExplainedGraph& graph,
         const Explanation& explanation) {
  const gnn::GraphInput& input = *graph.input;
  const size_t edges = input.edges.size();
  gnn::Pass pass(network, input);
  const auto of = [&](const std::vector<float>& weights) {
    return probability(pass.forward(weights), graph.target);
  };
  ++sum.graphs;
  sum.edges += static_cast<double>(explanation.edges.size());
  sum.edge_share += static_cast<double>(explanation.edges.size()) / static_cast<double>(edges);
  sum.all_edges += of(weights_with({}, edges, false));
  sum.no_edges += of(weights_with({}, edges, true));
  sum.kept += of(weights_with(explanation.edges, edges, true));
  sum.removed += of(weights_with(explanation.edges, edges, false));
  const gnn::GraphInput part = gnn::induced_by_edges(input, explanation.edges);
  gnn::Pass part_pass(network, part);
  sum.induced += probability(part_pass.forward(), graph.target);
  sum.nodes_alone +=
      probability(part_pass.forward(std::vector<float>(part.edges.size(), 0.0F)), graph.target);
  sum.insertion_minus_deletion += insertion_minus_deletion(network, graph, by_score(explanation.scores));
}

}  // namespace

double insertion_minus_deletion(const gnn::Network& network, const ExplainedGraph& graph,
                                const std::vector<size_t>& order) {
  if (order.size() < 2) return 0.0;
  gnn::Pass pass(network, *graph.input);
  std::vector<float> inserted(order.size(), 0.0F);
  std::vector<float> rest(order.size(), 1.0F);
  double sum = 0.0;
  for (size_t k = 0; k + 1 < order.size(); ++k) {
    inserted[order[k]] = 1.0F;
    rest[order[k]] = 0.0F;
    sum += probability(pass.forward(inserted), graph.target) - probability(pass.forward(rest), graph.target);
  }
  return sum / static_cast<double>(order.size() - 1);
}

Fidelity fidelity(const gnn::Network& network, GraphExplainer& explainer,
                  const std::vector<ExplainedGraph>& graphs, uint64_t seed) {
  Fidelity mean;
  for (size_t i = 0; i < graphs.size(); ++i) {
    if (graphs[i].input->edges.empty()) continue;
    add(mean, network, graphs[i], explainer.explain(*graphs[i].input, graphs[i].target, seed + i));
  }
  const double count = mean.graphs == 0 ? 1.0 : static_cast<double>(mean.graphs);
  for (double* value : {&mean.edges, &mean.edge_share, &mean.all_edges, &mean.no_edges, &mean.kept,
                        &mean.removed, &mean.induced, &mean.nodes_alone, &mean.insertion_minus_deletion}) {
    *value /= count;
  }
  return mean;
}

}  // namespace fusesim
