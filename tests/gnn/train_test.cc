#include "fusesim/gnn/train.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "fusesim/base/error.h"

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
  options.edge_dropout = 0.5;
  const Network d = train(training.samples, {}, options);
  EXPECT_NE(c.weights().layers[1].root, d.weights().layers[1].root);
  EXPECT_EQ(train(training.samples, {}, options).weights().layers[1].root, d.weights().layers[1].root);
}

/// Six nodes in a chain (class 1), or in two (class 0): only edges tell them apart.
Toy chains(size_t count) {
  Toy result;
  for (size_t i = 0; i < count; ++i) {
    GraphInput graph = {6, 1, std::vector<float>(6, 1.0F), {}};
    const auto gap = static_cast<int32_t>(1 + i % 5);
    for (int32_t n = 1; n < 6; ++n) {
      if (i % 2 == 1 || n != gap) graph.edges.emplace_back(n - 1, n);
    }
    result.graphs.push_back(graph);
  }
  for (size_t i = 0; i < count; ++i) result.samples.push_back({&result.graphs[i], static_cast<int>(i % 2)});
  return result;
}

TEST(Training, EdgeDropoutLeavesEdgesOutOfTrainingAlone) {
  const Toy data = chains(200);
  TrainOptions options = quick();
  options.varying_column = -1;
  options.standardise = false;
  EpochReport last;
  options.progress = [&last](const EpochReport& report) { last = report; };
  const auto report_with = [&](double edge_dropout) {
    options.edge_dropout = edge_dropout;
    train(data.samples, data.samples, options);
    return last;
  };
  EXPECT_LT(report_with(0.0).loss, 0.1);
  EXPECT_NEAR(report_with(1.0).loss, std::log(2.0), 0.02) << "all graphs are alike";
  const EpochReport some = report_with(0.1);
  EXPECT_GT(some.loss, 0.25) << "a chain with a gap has either label";
  EXPECT_EQ(some.validation_accuracy, 1.0) << "validation graphs are whole";
}

TEST(Training, RefusesEdgeDropoutThatIsNoShare) {
  const Toy training = toy(1, 10);
  for (const double bad : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()}) {
    TrainOptions options = quick();
    options.edge_dropout = bad;
    EXPECT_THROW(train(training.samples, {}, options), Error) << bad;
  }
}

TEST(Training, RefusesAnEmptySet) { EXPECT_THROW(train({}, {}, quick()), Error); }

}  // namespace
}  // namespace fusesim::gnn
