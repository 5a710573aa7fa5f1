#include "explained_metrics.h"

#include "fusesim/explain/known_answers.h"
#include "fusesim/gnn/network.h"

namespace fusesim {

std::vector<ExplainedGraph> as_invalid(const std::vector<gnn::GraphInput>& groups) {
  std::vector<ExplainedGraph> graphs;
  graphs.reserve(groups.size());
  for (const gnn::GraphInput& group : groups) graphs.push_back({&group, gnn::kInvalid});
  return graphs;
}

nlohmann::ordered_json to_json(const Fidelity& f) {
  return {{"graphs", f.graphs},
          {"edges_per_explanation", f.edges},
          {"edge_share", f.edge_share},
          {"p_invalid_all_edges", f.all_edges},
          {"p_invalid_no_edges", f.no_edges},
          {"p_invalid_kept", f.kept},
          {"p_invalid_removed", f.removed},
          {"p_invalid_induced", f.induced},
          {"p_invalid_nodes_alone", f.nodes_alone},
          {"insertion_minus_deletion", f.insertion_minus_deletion}};
}

void add_test(nlohmann::ordered_json& metrics, const gnn::Network& network, GraphExplainer& explainer,
              const std::vector<gnn::GraphInput>& test, uint64_t seed) {
  const std::vector<ExplainedGraph> graphs = as_invalid(test);
  RandomEdgeScores random(explainer);
  metrics["test"] = to_json(fidelity(network, explainer, graphs, seed));
  metrics["test_random_edges"] = to_json(fidelity(network, random, graphs, seed));
}

}  // namespace fusesim
