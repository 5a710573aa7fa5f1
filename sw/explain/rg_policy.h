#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/explain/rg_explainer.h"
#include "fusesim/gnn/graph_input.h"

namespace fusesim {

/// Neighbours and diffusion over one graph. A value at a node spreads as in APPNP:
///   x <- alpha A x + (1 - alpha) x0, k times, A = D^-1/2 Adj D^-1/2, k = 3, alpha = 0.85 (original code).
class RgGraph {
 public:
  explicit RgGraph(const gnn::GraphInput& graph);

  int64_t nodes() const { return static_cast<int64_t>(neighbours_.size()); }
  /// Ascending, without repetition.
  const std::vector<int32_t>& neighbours(int32_t node) const {
    return neighbours_[static_cast<size_t>(node)];
  }
  /// What a 1 at this node becomes at every node.
  const std::vector<float>& diffused(int32_t node) const { return diffused_[static_cast<size_t>(node)]; }

 private:
  std::vector<std::vector<int32_t>> neighbours_;
  std::vector<std::vector<float>> diffused_;
};

/// A connected set of nodes that grows from a seed by nodes of its outer boundary.
class Expansion {
 public:
  /// The graph has to outlive it.
  Expansion(const RgGraph& graph, int32_t seed);
  /// The same, grown by all nodes but the first, in order.
  Expansion(const RgGraph& graph, const std::vector<int32_t>& selected);

  /// A node of the boundary.
  void add(int32_t node);

  const RgGraph& graph() const { return *graph_; }
  /// In order of selection.
  const std::vector<int32_t>& selected() const { return selected_; }
  /// Neighbours of the selected nodes that are not selected, ascending.
  const std::vector<int32_t>& boundary() const { return boundary_; }
  /// The diffused selection, one value a node.
  const std::vector<float>& diffused() const { return diffused_; }
  bool may_stop() const { return selected_.size() >= kRgLeastNodes; }
  /// Nothing is left to choose.
  bool ended(int64_t most_nodes) const {
    return boundary_.empty() || static_cast<int64_t>(selected_.size()) >= most_nodes;
  }

 private:
  const RgGraph* graph_;
  std::vector<int32_t> selected_;
  std::vector<int32_t> boundary_;
  std::vector<float> diffused_;
};

/// Features minus mean times scale, as the network reads them: nodes x features.
std::vector<float> standardised(const gnn::Network& network, const gnn::GraphInput& graph);

/// One value a node; the seed locator takes their softmax over the nodes. Embeddings are nodes x E.
std::vector<float> seed_logits(const RgWeights& weights, const std::vector<float>& node_embeddings);
/// The node with the largest of these that has a neighbour and is none of `taken`, which are flags (ties: the
/// first; nothing is taken if it is empty), or -1.
int32_t best_seed(const RgGraph& graph, const std::vector<float>& logits,
                  const std::vector<bool>& taken = {});

/// The input rows of the seed locator, nodes x 2E.
std::vector<float> locator_rows(const std::vector<float>& node_embeddings, int64_t width);

/// Part of the generator that depends on the node alone: nodes x H, from standardised features.
std::vector<float> attribute_terms(const RgWeights& weights, const std::vector<float>& features);

/// Log-probability of each next step: one per node of the boundary (not empty), then that of stopping, which
/// is minus infinity while the expansion may not stop.
///   h = z_seed w_seed + z_selected w_selected + attributes; two blocks h + swish(h) W + b
///   node: log-softmax over the boundary of h . score, plus log p(go on)
///   stop: softmax of swish(sum of a h) W over (go on, stop), a = softmax of h . attention over boundary and
///   selection
std::vector<float> step_log_probabilities(const RgWeights& weights, const std::vector<float>& attributes,
                                          const Expansion& expansion);

/// Grows by the most probable step until it stops or ends; of equal steps the first, stopping last.
void grow_greedily(const RgWeights& weights, const std::vector<float>& attributes, int64_t most_nodes,
                   Expansion& expansion);

}  // namespace fusesim
