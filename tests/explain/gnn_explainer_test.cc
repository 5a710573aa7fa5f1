#include "fusesim/explain/gnn_explainer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "../gnn/random_network.h"
#include "fusesim/base/error.h"

namespace fusesim {
namespace {

using gnn::GraphInput;
using gnn::Network;
using gnn::random_input;
using gnn::random_weights;

/// One layer of width 1 that adds its neighbours' only feature: class 1 has the sum of all messages as its
/// logit, class 0 has `bias`.
Network adder(float bias) {
  gnn::NetworkWeights weights;
  weights.feature_mean = {0.0F};
  weights.feature_scale = {1.0F};
  weights.layers = {{1, 1, {1.0F}, {0.0F}, {0.0F}}};
  weights.output = {0.0F, 1.0F};
  weights.output_bias = {bias, 0.0F};
  return Network(std::move(weights));
}

/// A star of edges from node 0; node i sends i-th value, node 0 nothing.
GraphInput star(const std::vector<float>& values) {
  GraphInput graph;
  graph.nodes = static_cast<int64_t>(values.size()) + 1;
  graph.feature_count = 1;
  graph.features = {0.0F};
  for (const float value : values) {
    graph.edges.emplace_back(0, static_cast<int32_t>(graph.features.size()));
    graph.features.push_back(value);
  }
  return graph;
}

TEST(GnnExplainer, KeepsTheOneEdgeThatCarriesTheClass) {
  const Network network = adder(5.0F);
  GnnExplainer explainer(network);
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const Explanation found = explainer.explain(star({0, 0, 10, 0, 0}), 1, seed);
    EXPECT_EQ(found.edges, std::vector<size_t>{2}) << "seed " << seed;
    EXPECT_GT(found.scores[2], 0.8);
    for (const size_t e : {0, 1, 3, 4}) EXPECT_LT(found.scores[e], 0.2) << "seed " << seed << " edge " << e;
  }
}

TEST(GnnExplainer, HoldsTheShareOfEdgesThatIsAskedFor) {
  const Network network = adder(5.0F);
  const GraphInput graph = star({0, 0, 10, 0, 0});
  const Explanation one = GnnExplainer(network).explain(graph, 1, 1);
  ASSERT_EQ(one.edges.size(), 1U);
  for (const auto& [share, edges] : std::vector<std::pair<double, size_t>>{{0.2, 1}, {0.3, 2}, {1.0, 5}}) {
    GnnExplainerOptions options;
    options.least_share = share;
    const Explanation found = GnnExplainer(network, options).explain(graph, 1, 1);
    EXPECT_EQ(found.scores, one.scores);
    const std::vector<size_t> order = by_score(found.scores);
    EXPECT_EQ(found.edges, std::vector<size_t>(order.begin(), order.begin() + static_cast<int64_t>(edges)));
  }
}

TEST(GnnExplainer, KeepsLessTheMoreEdgesCost) {
  const Network network(random_weights(1));
  const GraphInput graph = random_input(1, 12);
  double before = 1e9;
  for (const double size : {0.0, 0.1, 1.0, 10.0}) {
    GnnExplainerOptions options;
    options.size = size;
    const std::vector<double> scores = GnnExplainer(network, options).explain(graph, 0, 1).scores;
    const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
    EXPECT_LE(sum, before) << "size " << size;
    before = sum;
  }
}

TEST(GnnExplainer, DrawsTheFirstMaskAroundItsMean) {
  const Network network(random_weights(1));
  GnnExplainerOptions options;
  options.iterations = 0;
  options.initial_mean = -1.0;
  double sum = 0.0;
  double squares = 0.0;
  double count = 0.0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (const double score : GnnExplainer(network, options).explain(random_input(1, 8), 0, seed).scores) {
      const double logit = std::log(score / (1.0 - score));
      sum += logit;
      squares += logit * logit;
      ++count;
    }
  }
  const double mean = sum / count;
  EXPECT_NEAR(mean, -1.0, 0.05);
  EXPECT_NEAR(std::sqrt(squares / count - mean * mean), std::sqrt(2.0 / 8.0), 0.03);
}

TEST(GnnExplainer, DropsEdgesThatChangeNothing) {
  const Network network = adder(5.0F);
  GnnExplainerOptions options = pyg_gnn_explainer();
  const GraphInput graph = star({0, 0, 10, 0, 0});
  const std::vector<double> dropped = GnnExplainer(network, options).explain(graph, 1, 1).scores;
  options.drop_unreached = false;
  const std::vector<double> kept = GnnExplainer(network, options).explain(graph, 1, 1).scores;
  for (const size_t e : {0, 1, 3, 4}) {
    EXPECT_EQ(dropped[e], 0.0);
    EXPECT_GT(kept[e], 0.0);
  }
  EXPECT_GT(dropped[2], 0.5);
}

TEST(GnnExplainer, RepeatsItselfAndLeavesTheNetworkAlone) {
  const gnn::NetworkWeights before = random_weights(8);
  const Network network(before);
  const GraphInput graph = random_input(3, 10);
  const std::vector<float> logits = network.logits(graph);
  for (const GnnExplainerOptions& options :
       {GnnExplainerOptions{}, original_gnn_explainer(), pyg_gnn_explainer()}) {
    GnnExplainer explainer(network, options);
    const Explanation first = explainer.explain(graph, 1, 4);
    explainer.explain(random_input(4, 7), 0, 5);
    EXPECT_EQ(explainer.explain(graph, 1, 4).scores, first.scores);
    EXPECT_NE(explainer.explain(graph, 1, 5).scores, first.scores);
    EXPECT_NE(explainer.explain(graph, 0, 4).scores, first.scores);
    EXPECT_EQ(first.scores.size(), graph.edges.size());
  }
  EXPECT_EQ(network.logits(graph), logits);
  EXPECT_EQ(network.weights().output, before.output);
  EXPECT_EQ(network.weights().output_bias, before.output_bias);
  for (size_t l = 0; l < before.layers.size(); ++l) {
    EXPECT_EQ(network.weights().layers[l].neighbour, before.layers[l].neighbour);
    EXPECT_EQ(network.weights().layers[l].root, before.layers[l].root);
    EXPECT_EQ(network.weights().layers[l].bias, before.layers[l].bias);
  }
}

TEST(GnnExplainer, SaysNothingOfGraphsWithoutEdges) {
  const Network network(random_weights(1));
  for (const int64_t nodes : {0, 1}) {
    const Explanation found = GnnExplainer(network).explain(random_input(1, nodes), 0, 1);
    EXPECT_TRUE(found.scores.empty());
    EXPECT_TRUE(found.edges.empty());
  }
}

TEST(GnnExplainer, RefusesWhatDoesNotFit) {
  const Network network(random_weights(1));
  GnnExplainer explainer(network);
  EXPECT_THROW(explainer.explain(random_input(1, 5), 2, 1), Error);
  EXPECT_THROW(explainer.explain(random_input(1, 5), -1, 1), Error);
  EXPECT_THROW(explainer.explain(random_input(1, 5, 8), 0, 1), Error);
  GnnExplainerOptions options;
  options.size = -1.0;
  EXPECT_THROW(GnnExplainer(network, options), Error);
  for (const double share : {-0.1, 1.1}) {
    options = {};
    options.least_share = share;
    EXPECT_THROW(GnnExplainer(network, options), Error);
  }
}

}  // namespace
}  // namespace fusesim
