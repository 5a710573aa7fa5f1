#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/explain/graph_explainer.h"
#include "fusesim/gnn/network.h"
#include "fusesim/gnn/weight_file.h"

namespace fusesim {

/// The trained part of PGExplainer: a multi-layer perceptron from the embeddings of an edge's ends (last
/// layer of the network, all edge weights 1) to the edge's logit
///   w(a, b) = ReLU([h_a | h_b] W + c) v + d.
/// Matrices are row-major and multiply from the right.
struct PgWeights {
  int64_t units = 0;
  std::vector<float> hidden;       ///< W, 2 embedding x units
  std::vector<float> hidden_bias;  ///< c, units
  std::vector<float> output;       ///< v, units
  float output_bias = 0.0F;        ///< d
  /// Edges without direction: w is the mean of w(a, b) and w(b, a). Else a is the edge's first node.
  bool symmetric = false;

  std::string network;   ///< gnn::network_sha256() of the network that it was trained for
  std::string scheme;    ///< "lbdf" or "brr"; other words for networks that judge no fusion groups
  std::string data_set;  ///< SHA-256 of the data that its training samples come from
  std::string command;   ///< that makes it again
};

/// Logits w of the edges, from embeddings nodes x (hidden rows / 2).
std::vector<double> pg_logits(const PgWeights& weights, const std::vector<float>& embeddings,
                              const std::vector<std::pair<int32_t, int32_t>>& edges);

/// PGExplainer (Luo et al. 2020, section 4) after training: score = sigmoid(w), explanation = scores from one
/// half, and the highest ones up to a share of the edges. Takes one forward pass of the network; the seed
/// does not matter, nor does the class, beyond being one: the perceptron was trained for the classes of its
/// training samples.
class PgExplainer : public GraphExplainer {
 public:
  /// The network has to outlive it. Throws Error if the weights are of another network, or the share is none.
  PgExplainer(const gnn::Network& network, PgWeights weights, double least_share = 0.0);
  const char* name() const override { return "pg"; }
  Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) override;

 private:
  const gnn::Network& network_;
  PgWeights weights_;
  double least_share_;
};

gnn::WeightFile to_weight_file(const PgWeights& weights);
/// Throws Error "path: reason" if the file holds no weights for this network and scheme.
PgWeights pg_weights_from(const gnn::WeightFile& file, const std::string& scheme, const gnn::Network& network,
                          const std::string& path);

/// The weights that ship for the network of a scheme: `<data_directory>/models/gnn/<scheme>.pg.weights`.
/// Throws Error as pg_weights_from, also for a missing or damaged file.
PgWeights read_pg_weights(const std::string& scheme, const gnn::Network& network,
                          const std::string& data_directory);

}  // namespace fusesim
