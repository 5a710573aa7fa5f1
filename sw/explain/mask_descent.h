#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/explain/gnn_explainer.h"
#include "fusesim/gnn/network.h"

namespace fusesim {

double sigmoid(double x);

/// The loss of GnnExplainerOptions over one graph, by its gradient.
class MaskLoss {
 public:
  MaskLoss(const gnn::Network& network, const gnn::GraphInput& graph, int64_t target,
           const GnnExplainerOptions& options);

  /// d loss / d m, one per edge.
  const std::vector<double>& gradient(const std::vector<double>& logits);
  /// sigmoid(m); 0 where an edge was dropped.
  std::vector<double> mask(const std::vector<double>& logits) const;

 private:
  void cross_entropy(const std::vector<double>& logits);
  void drop_unreached();

  gnn::Pass pass_;
  size_t target_;
  GnnExplainerOptions options_;
  double node_pairs_;
  bool know_unreached_ = false;
  std::vector<bool> dropped_;
  size_t kept_;
  std::vector<float> edge_weights_;
  std::vector<double> gradient_;
};

/// Adam (Kingma, Ba 2015) with its usual decay rates.
class Adam {
 public:
  Adam(size_t values, double learning_rate);
  void step(std::vector<double>& values, const std::vector<double>& gradient);

 private:
  double learning_rate_;
  double first_decay_ = 1.0;  ///< to the power of the steps made
  double second_decay_ = 1.0;
  std::vector<double> first_;   ///< running mean of the gradient
  std::vector<double> second_;  ///< of its square
};

}  // namespace fusesim
