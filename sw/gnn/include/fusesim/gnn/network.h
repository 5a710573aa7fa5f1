#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/gnn/graph_input.h"

namespace fusesim::gnn {

/// Matrices are row-major and multiply from the right: y = x W.
struct GraphConvWeights {
  int64_t inputs = 0;
  int64_t outputs = 0;
  std::vector<float> neighbour;  ///< W_rel, inputs x outputs
  std::vector<float> root;       ///< W_root, inputs x outputs
  std::vector<float> bias;       ///< outputs
};

struct NetworkWeights {
  std::vector<float> feature_mean;   ///< subtracted from every node's features
  std::vector<float> feature_scale;  ///< then multiplied
  std::vector<GraphConvWeights> layers;
  int64_t classes = 2;
  std::vector<float> output;       ///< hidden x classes
  std::vector<float> output_bias;  ///< classes
};

/// Classes of the networks of fusion groups.
inline constexpr int64_t kValid = 0;
inline constexpr int64_t kInvalid = 1;

/// GraphConv layers (Morris et al. 2019; four of width 128 in the paper)
///   z_i = x_i W_root + b + sum over messages j -> i of w_e x_j W_rel,  x' = ReLU(z),
/// the sum over the nodes, and a linear read-out. Immutable, shared by threads; Pass does the computing.
class Network {
 public:
  /// Throws Error if shapes do not fit together or a value is not finite.
  explicit Network(NetworkWeights weights);

  const NetworkWeights& weights() const { return weights_; }
  int64_t feature_count() const { return static_cast<int64_t>(weights_.feature_mean.size()); }
  int64_t hidden() const { return weights_.layers.back().outputs; }
  int64_t classes() const { return weights_.classes; }

  /// Logits of one graph with all edge weights 1.
  std::vector<float> logits(const GraphInput& graph) const;
  /// Logits of several graphs at once, graphs x classes.
  std::vector<float> logits(const std::vector<const GraphInput*>& graphs) const;

 private:
  friend class Pass;

  /// Sixteen columns of one row of a matrix.
  struct alignas(64) PanelRow {
    float values[16];
  };
  using Panels = std::vector<PanelRow>;

  static Panels pack(const std::vector<float>& matrix, int64_t rows, int64_t columns);

  NetworkWeights weights_;
  std::vector<Panels> joined_;             ///< per layer [W_rel | W_root], inputs x 2 outputs
  std::vector<Panels> joined_transposed_;  ///< per layer its transpose, 2 outputs x inputs
};

/// Class probabilities from logits.
std::vector<float> softmax(const std::vector<float>& logits);

/// Forward and backward pass of a network over fixed graphs with changing edge weights; what the edge weights
/// do not change is computed once, in the constructor. The network has to outlive it. One object per thread.
class Pass {
 public:
  Pass(const Network& network, const GraphInput& graph);
  /// Several graphs side by side: nodes and edges are those of the first graph, then of the second, ...
  Pass(const Network& network, const std::vector<const GraphInput*>& graphs);

  int64_t graphs() const { return static_cast<int64_t>(first_node_.size()) - 1; }
  int64_t nodes() const { return first_node_.back(); }
  int64_t edges() const { return static_cast<int64_t>(edges_.size()); }
  /// Graph g has nodes [first_node()[g], first_node()[g+1]) and edges [first_edge()[g], first_edge()[g+1]).
  const std::vector<int64_t>& first_node() const { return first_node_; }
  const std::vector<int64_t>& first_edge() const { return first_edge_; }

  /// Logits, graphs x classes. One weight per edge, for both directions and in every layer.
  const std::vector<float>& forward(const std::vector<float>& edge_weights);
  /// All edge weights 1.
  const std::vector<float>& forward();

  /// After forward: d loss / d w_e, one per edge, from d loss / d logits (graphs x classes).
  const std::vector<float>& backward(const std::vector<float>& logit_gradient);

  /// After forward: output of the last layer, nodes x hidden; its sum over each graph, graphs x hidden.
  const std::vector<float>& node_embeddings() const { return activations_.back(); }
  const std::vector<float>& graph_embeddings() const { return sums_; }

 private:
  void project(size_t layer);
  void gather(size_t layer);
  void spread_over_nodes(const std::vector<float>& logit_gradient);
  void through_relu(size_t layer);
  void through_edges(size_t layer);

  const Network& network_;
  std::vector<int64_t> first_node_{0};
  std::vector<int64_t> first_edge_{0};
  std::vector<std::pair<int32_t, int32_t>> edges_;
  std::vector<float> edge_weights_;
  std::vector<std::vector<float>> projections_;  ///< per layer: nodes x 2 outputs, [X W_rel | X W_root]
  std::vector<std::vector<float>> activations_;  ///< per layer: nodes x outputs, after ReLU
  std::vector<float> sums_;
  std::vector<float> logits_;
  std::vector<float> edge_gradient_;
  std::vector<float> pre_gradient_;   ///< nodes x 2 outputs: [d Y_rel | d Z]
  std::vector<float> node_gradient_;  ///< nodes x outputs of the layer below
};

}  // namespace fusesim::gnn
