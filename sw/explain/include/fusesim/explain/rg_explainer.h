#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "fusesim/explain/graph_explainer.h"
#include "fusesim/gnn/network.h"
#include "fusesim/gnn/weight_file.h"

namespace fusesim {

/// One array of RgWeights: row-major, multiplies from the right.
template <typename Values>
struct RgArray {
  const char* name;
  Values* values;
  int64_t rows;
  int64_t columns;
};

/// Seed locator and generator of RG-Explainer (Shan et al., NeurIPS 2021) for one trained network with F
/// features and embeddings of width E; H = kRgHidden. Biases that a softmax cancels are left out.
struct RgWeights {
  int64_t features = 0;   ///< F
  int64_t embedding = 0;  ///< E

  // locator: [mean node embedding | node embedding] -> 64 -> 8 -> 1, ReLU between
  std::vector<float> locator1, locator1_bias;  ///< 2E x 64
  std::vector<float> locator2, locator2_bias;  ///< 64 x 8
  std::vector<float> locator3;                 ///< 8
  // generator
  std::vector<float> seed;                         ///< H, times the diffused seed
  std::vector<float> selected;                     ///< H, times the diffused selection
  std::vector<float> attributes, attributes_bias;  ///< F x H, of standardised features
  std::vector<float> block1, block1_bias;          ///< H x H: h + swish(h) W + b
  std::vector<float> block2, block2_bias;
  std::vector<float> attention;  ///< H
  std::vector<float> score;      ///< H
  std::vector<float> stop;       ///< H x 2: go on, stop

  std::string network;   ///< gnn::network_sha256() of the network that they were trained for
  std::string scheme;    ///< "lbdf" or "brr"; other words for networks that judge no fusion groups
  std::string data_set;  ///< SHA-256 of the data that the training samples come from
  std::string command;   ///< that makes them again

  std::vector<RgArray<std::vector<float>>> arrays();
  std::vector<RgArray<const std::vector<float>>> arrays() const;
};

inline constexpr int64_t kRgHidden = 64;
/// Fewest nodes of an explanation: with one it would hold no edge.
inline constexpr size_t kRgLeastNodes = 2;

/// Throws Error unless all arrays have their size and are finite and the network is the one they are for.
void check(const RgWeights& weights, const gnn::Network& network);

gnn::WeightFile to_weight_file(const RgWeights& weights);
/// Throws Error "path: what: expected X, got Y" if the file holds no weights for this network and scheme.
RgWeights rg_weights_from(const gnn::WeightFile& file, const std::string& scheme, const gnn::Network& network,
                          const std::string& path);
/// Those that ship for a scheme's network: `<data_directory>/models/gnn/<scheme>.rg.weights`. Throws Error as
/// rg_weights_from, also for a missing or damaged file.
RgWeights read_rg_weights(const std::string& scheme, const gnn::Network& network,
                          const std::string& data_directory);

struct RgOptions {
  int64_t most_nodes = 20;  ///< of one part, at least 2; original code: 20
  int64_t seeds = 1;        ///< parts, at least 1; original code: 1
  /// At least 0. Graphs of more than `seeds` times so many nodes have one part for each so many; 0: `seeds`
  /// whatever the size, as the original code.
  int64_t nodes_per_seed = 0;
  /// By nodes_per_seed, no more parts than these.
  int64_t most_seeds = std::numeric_limits<int64_t>::max();
};

/// RG-Explainer: a seed, then node after node from the outer boundary of what is selected, always the most
/// probable choice, until stopping is more probable, the boundary is empty or `most_nodes` are selected: one
/// part. Up to S parts, `seeds` or one per `nodes_per_seed` nodes (up to `most_seeds`) if that is more, begin
/// at the most probable seeds that no earlier part holds. The explanation is the edges inside the parts; an
/// edge whose later end is number i of part r (seed: 0, first part: 0) scores (most_nodes - i) / (most_nodes
/// - 1) * (S - r) / S, in several parts the most of these, all others 0. It explains the class that it was
/// trained for; the target is checked only, the seed unused.
class RgExplainer : public GraphExplainer {
 public:
  /// The network has to outlive it. Throws Error if the weights are of another network, or
  /// naming an option out of its range.
  RgExplainer(const gnn::Network& network, RgWeights weights, const RgOptions& options = {});
  const char* name() const override { return "rg"; }
  Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) override;
  /// The nodes of each part in the order of their selection; no parts for a graph without edges.
  std::vector<std::vector<int32_t>> select(const gnn::GraphInput& graph) const;

 private:
  const gnn::Network& network_;
  RgWeights weights_;
  RgOptions options_;
};

}  // namespace fusesim
