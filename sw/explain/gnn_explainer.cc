#include "fusesim/explain/gnn_explainer.h"

#include <cmath>
#include <string>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/random_source.h"
#include "mask_descent.h"

namespace fusesim {
namespace {

constexpr double kTwoPi = 6.283185307179586;

void check(double value, const char* name) {
  if (std::isfinite(value) && value >= 0.0) return;
  throw Error(std::string("gnne: ") + name + ": expected at least 0, got " + std::to_string(value));
}

/// Standard normal, by Box and Muller.
double normal(RandomSource& random) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - random.unit()));
  return radius * std::cos(kTwoPi * random.unit());
}

}  // namespace

GnnExplainerOptions original_gnn_explainer() {
  GnnExplainerOptions options;
  options.size = 0.01;
  options.entropy = 1.0;
  options.initial_mean = 1.0;
  options.entropy_mean = EntropyMean::node_pairs;
  return options;
}

GnnExplainerOptions pyg_gnn_explainer() {
  GnnExplainerOptions options;
  options.learning_rate = 0.01;
  options.size = 0.01;
  options.entropy = 1.0;
  options.initial_mean = 0.0;
  options.drop_unreached = true;
  return options;
}

GnnExplainer::GnnExplainer(const gnn::Network& network, const GnnExplainerOptions& options)
    : network_(network), options_(options) {
  check(static_cast<double>(options.iterations), "iterations");
  check(options.learning_rate, "learning_rate");
  check(options.size, "size");
  check(options.entropy, "entropy");
  if (!std::isfinite(options.initial_mean)) throw Error("gnne: initial_mean: expected a finite number");
  check_least_share(options.least_share);
}

Explanation GnnExplainer::explain(const gnn::GraphInput& graph, int64_t target, uint64_t seed) {
  if (target < 0 || target >= network_.classes()) {
    throw Error("gnne: target: expected a class below " + std::to_string(network_.classes()) + ", got " +
                std::to_string(target));
  }
  MaskLoss loss(network_, graph, target, options_);
  const double deviation = std::sqrt(2.0 / static_cast<double>(graph.nodes));
  RandomSource random(seed);
  std::vector<double> logits;
  for (size_t e = 0; e < graph.edges.size(); ++e) {
    logits.push_back(options_.initial_mean + deviation * normal(random));
  }
  Adam adam(logits.size(), options_.learning_rate);
  for (int64_t i = 0; i < options_.iterations; ++i) adam.step(logits, loss.gradient(logits));
  Explanation explanation;
  explanation.scores = loss.mask(logits);
  explanation.edges = edges_above(explanation.scores, 0.5, options_.least_share);
  return explanation;
}

}  // namespace fusesim
