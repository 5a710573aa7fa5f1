#include "fusesim/gnn/train.h"

#include <gtest/gtest.h>

#include <random>

#include "fusesim/graph/error.h"

namespace fusesim::gnn {
namespace {

/// Chains of nodes with random sizes; class 1 if the sizes sum to more than the last column says. The first
/// column is the logarithm of a node's size, as with the features of fusion groups.
struct Toy {
  std::vector<GraphInput> graphs;
  std::vector<Sample> samples;
};

Toy toy(uint32_t seed, size_t count) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<float> size(0.0F, 4.0F);
  Toy result;
  for (size_t i = 0; i < count; ++i) {
    GraphInput graph;
    graph.nodes = 2 + static_cast<int64_t>(engine() % 6);
    graph.feature_count = 2;
    for (int64_t n = 0; n < graph.nodes; ++n) {
      graph.features.insert(graph.features.end(), {size(engine), -1.0F});
      if (n > 0) graph.edges.emplace_back(static_cast<int32_t>(n - 1), static_cast<int32_t>(n));
    }
    result.graphs.push_back(graph);
  }
  for (const GraphInput& graph : result.graphs) {
    float sum = 0.0F;
    for (size_t n = 0; n < static_cast<size_t>(graph.nodes); ++n) sum += std::exp2(graph.features[2 * n]);
    const float limit = 3.0F + size(engine);
    result.samples.push_back({&graph, sum > std::exp2(limit) ? 1 : 0, limit});
  }
  return result;
}

TrainOptions quick() {
  TrainOptions options;
  options.epochs = 30;
  options.batch = 32;
  options.hidden = 24;
  options.varying_column = 1;
  options.learning_rate = 5e-3;
  options.seed = 3;
  return options;
}

double accuracy(const Network& network, const Toy& data) {
  int64_t right = 0;
  for (const Sample& sample : data.samples) {
    GraphInput graph = *sample.input;
    for (size_t n = 0; n < static_cast<size_t>(graph.nodes); ++n) graph.features[2 * n + 1] = sample.varying;
    const std::vector<float> logits = network.logits(graph);
    right += (logits[1] > logits[0] ? 1 : 0) == sample.label ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(data.samples.size());
}

TEST(Training, LearnsSumsOfSizesAgainstALimit) {
  const Toy training = toy(1, 600);
  const Toy fresh = toy(2, 400);
  EXPECT_GT(accuracy(train(training.samples, {}, quick()), fresh), 0.93);
}

TEST(Training, ReportsTheAccuracyThatTheExportedNetworkHas) {
  const Toy training = toy(1, 200);
  const Toy validation = toy(2, 200);
  TrainOptions options = quick();
  options.epochs = 5;
  double best = 0.0;
  options.progress = [&best](const EpochReport& report) {
    best = std::max(best, report.validation_accuracy);
  };
  const Network network = train(training.samples, validation.samples, options);
  EXPECT_NEAR(accuracy(network, validation), best, 0.006);
}

TEST(Training, RepeatsItself) {
  const Toy training = toy(1, 100);
  TrainOptions options = quick();
  options.epochs = 3;
  const Network a = train(training.samples, {}, options);
  const Network b = train(training.samples, {}, options);
  EXPECT_EQ(a.weights().layers[1].root, b.weights().layers[1].root);
  options.seed = 4;
  const Network c = train(training.samples, {}, options);
  EXPECT_NE(a.weights().layers[1].root, c.weights().layers[1].root);
}

TEST(Training, RefusesAnEmptySet) { EXPECT_THROW(train({}, {}, quick()), Error); }

}  // namespace
}  // namespace fusesim::gnn
