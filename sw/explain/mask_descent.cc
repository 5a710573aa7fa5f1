#include "mask_descent.h"

#include <algorithm>
#include <cmath>

namespace fusesim {
namespace {

constexpr double kFirstDecay = 0.9;
constexpr double kSecondDecay = 0.999;
constexpr double kEpsilon = 1e-8;

}  // namespace

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

MaskLoss::MaskLoss(const gnn::Network& network, const gnn::GraphInput& graph, int64_t target,
                   const GnnExplainerOptions& options)
    : pass_(network, graph),
      target_(static_cast<size_t>(target)),
      options_(options),
      node_pairs_(0.5 * static_cast<double>(graph.nodes * graph.nodes)),
      dropped_(graph.edges.size(), false),
      kept_(graph.edges.size()),
      edge_weights_(graph.edges.size()),
      gradient_(graph.edges.size()) {}

void MaskLoss::cross_entropy(const std::vector<double>& logits) {
  for (size_t e = 0; e < logits.size(); ++e) edge_weights_[e] = static_cast<float>(sigmoid(logits[e]));
  std::vector<float> by_logit = gnn::softmax(pass_.forward(edge_weights_));
  by_logit[target_] -= 1.0F;
  const std::vector<float>& by_weight = pass_.backward(by_logit);
  std::copy(by_weight.begin(), by_weight.end(), gradient_.begin());
}

void MaskLoss::drop_unreached() {
  for (size_t e = 0; e < gradient_.size(); ++e) dropped_[e] = gradient_[e] == 0.0;
  kept_ = static_cast<size_t>(std::count(dropped_.begin(), dropped_.end(), false));
  know_unreached_ = true;
}

const std::vector<double>& MaskLoss::gradient(const std::vector<double>& logits) {
  cross_entropy(logits);
  const bool regularised = !options_.drop_unreached || know_unreached_;
  if (!regularised) drop_unreached();
  const double divisor =
      options_.entropy_mean == EntropyMean::edges ? static_cast<double>(kept_) : node_pairs_;
  for (size_t e = 0; e < logits.size(); ++e) {
    const double s = sigmoid(logits[e]);
    // d entropy / d s = log((1 - s) / s) = -m
    if (regularised && !dropped_[e]) gradient_[e] += options_.size - options_.entropy * logits[e] / divisor;
    gradient_[e] *= s * (1.0 - s);
  }
  return gradient_;
}

std::vector<double> MaskLoss::mask(const std::vector<double>& logits) const {
  std::vector<double> mask;
  for (size_t e = 0; e < logits.size(); ++e) mask.push_back(dropped_[e] ? 0.0 : sigmoid(logits[e]));
  return mask;
}

Adam::Adam(size_t values, double learning_rate)
    : learning_rate_(learning_rate), first_(values), second_(values) {}

void Adam::step(std::vector<double>& values, const std::vector<double>& gradient) {
  first_decay_ *= kFirstDecay;
  second_decay_ *= kSecondDecay;
  const double rate = learning_rate_ / (1.0 - first_decay_);
  for (size_t i = 0; i < values.size(); ++i) {
    first_[i] = kFirstDecay * first_[i] + (1.0 - kFirstDecay) * gradient[i];
    second_[i] = kSecondDecay * second_[i] + (1.0 - kSecondDecay) * gradient[i] * gradient[i];
    values[i] -= rate * first_[i] / (std::sqrt(second_[i] / (1.0 - second_decay_)) + kEpsilon);
  }
}

}  // namespace fusesim
