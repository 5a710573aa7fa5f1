#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/explain/graph_explainer.h"
#include "fusesim/gnn/network.h"

namespace fusesim {

/// A graph and the class whose cause is asked for.
struct ExplainedGraph {
  const gnn::GraphInput* input = nullptr;
  int64_t target = 0;
};

/// Insertion minus deletion (Petsiuk et al. 2018) of an order of a graph's edges: the mean over 0 < k < edges
/// of
///   P(target | the first k edges only) - P(target | all but the first k),
/// edges masked by weight 0. In [-1, 1]; 0 is expected of a random order and given for fewer than two edges.
double insertion_minus_deletion(const gnn::Network& network, const ExplainedGraph& graph,
                                const std::vector<size_t>& order);

/// How faithful explanations are to a network; means over graphs, of probabilities of each graph's target.
struct Fidelity {
  int64_t graphs = 0;  ///< that have edges
  double edges = 0.0;  ///< in an explanation
  double edge_share = 0.0;
  double all_edges = 0.0;    ///< P of the graph as it is
  double no_edges = 0.0;     ///< P with every edge masked
  double kept = 0.0;         ///< P with the explanation's edges only; high: sufficient
  double removed = 0.0;      ///< P without the explanation's edges; low: necessary
  double induced = 0.0;      ///< P of the graph that is left of the nodes at the explanation's edges
  double nodes_alone = 0.0;  ///< P of that graph with every edge masked: what its nodes say by themselves
  double insertion_minus_deletion = 0.0;
};

/// Explains every graph; graphs without edges are left out. Throws Error as the explainer does.
Fidelity fidelity(const gnn::Network& network, GraphExplainer& explainer,
                  const std::vector<ExplainedGraph>& graphs, uint64_t seed);

}  // namespace fusesim
