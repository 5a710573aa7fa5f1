#pragma once

#include <cstdint>

#include "fusesim/explain/graph_explainer.h"
#include "fusesim/gnn/network.h"

namespace fusesim {

/// What the entropy of a mask is divided by.
enum class EntropyMean : uint8_t {
  edges,       ///< the edges of the graph
  node_pairs,  ///< half of nodes^2: an adjacency matrix, absent edges included
};

/// Loss of a mask s = sigmoid(m), one logit m per edge:
///   cross-entropy of the target class + size * sum of s + entropy * mean binary entropy of s.
struct GnnExplainerOptions {
  int64_t iterations = 100;    ///< steps of Adam; 0 leaves the mask as it was drawn
  double learning_rate = 0.1;  ///< Adam's: the most that a step moves a logit, nearly
  double size = 0.1;           ///< larger: fewer edges
  double entropy = 0.1;        ///< larger: scores nearer to 0 or 1, sooner stuck there
  double initial_mean =
      2.0;  ///< of the logits, drawn from a normal distribution with deviation sqrt(2/nodes)
  EntropyMean entropy_mean = EntropyMean::edges;
  /// The first step knows the cross-entropy alone; edges that do not change it then score 0 and stay out of
  /// size and entropy.
  bool drop_unreached = false;
  /// Share of the edges, rounded up, that an explanation holds at least. In a large graph a few edges may
  /// keep the class, and the rest then scores below 0.5.
  double least_share = 0.0;
};

/// What the original code sets. It has two logits per edge, one per direction, each with a size of 0.005:
/// with one logit for both that is 0.01. Its mask over features is left out.
GnnExplainerOptions original_gnn_explainer();
/// What PyTorch Geometric sets, likewise. At its learning rate a logit moves by 1 in all.
GnnExplainerOptions pyg_gnn_explainer();

/// GNNExplainer (Ying et al. 2019): descends to a mask under which the network still says the class. The
/// explanation holds the edges with a score of at least 0.5, and the highest ones up to `least_share`.
class GnnExplainer : public GraphExplainer {
 public:
  /// The network has to outlive it. Throws Error for options below 0 or not finite, and for a
  /// share above 1.
  explicit GnnExplainer(const gnn::Network& network, const GnnExplainerOptions& options = {});
  const char* name() const override { return "gnne"; }
  Explanation explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) override;

 private:
  const gnn::Network& network_;
  GnnExplainerOptions options_;
};

}  // namespace fusesim
