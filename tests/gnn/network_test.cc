#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>
#include <random>

#include "fusesim/base/error.h"
#include "fusesim/gnn/network.h"
#include "random_network.h"

namespace fusesim::gnn {
namespace {

/// The definition, node by node in double precision, sharing no code with the network.
std::vector<double> reference_logits(const NetworkWeights& w, const GraphInput& g,
                                     const std::vector<double>& edge_weights) {
  std::vector<std::vector<double>> x(static_cast<size_t>(g.nodes));
  for (size_t i = 0; i < x.size(); ++i) {
    for (size_t f = 0; f < w.feature_mean.size(); ++f) {
      x[i].push_back((double{g.features[i * w.feature_mean.size() + f]} - double{w.feature_mean[f]}) *
                     double{w.feature_scale[f]});
    }
  }
  for (const GraphConvWeights& layer : w.layers) {
    const auto width = static_cast<size_t>(layer.outputs);
    std::vector<std::vector<double>> next(x.size(), std::vector<double>(width));
    const auto times = [&](const std::vector<double>& row, const std::vector<float>& matrix, size_t column) {
      double sum = 0.0;
      for (size_t k = 0; k < row.size(); ++k) sum += row[k] * double{matrix[k * width + column]};
      return sum;
    };
    for (size_t c = 0; c < width; ++c) {
      for (size_t i = 0; i < x.size(); ++i) next[i][c] = times(x[i], layer.root, c) + double{layer.bias[c]};
      for (size_t e = 0; e < g.edges.size(); ++e) {
        const auto from = static_cast<size_t>(g.edges[e].first);
        const auto to = static_cast<size_t>(g.edges[e].second);
        next[to][c] += edge_weights[e] * times(x[from], layer.neighbour, c);
        next[from][c] += edge_weights[e] * times(x[to], layer.neighbour, c);
      }
      for (auto& row : next) row[c] = std::max(row[c], 0.0);
    }
    x = next;
  }
  std::vector<double> logits(w.output_bias.begin(), w.output_bias.end());
  for (const auto& row : x) {
    for (size_t c = 0; c < row.size(); ++c) {
      for (size_t k = 0; k < logits.size(); ++k)
        logits[k] += row[c] * double{w.output[c * logits.size() + k]};
    }
  }
  return logits;
}

TEST(Network, AgreesWithTheDefinition) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const NetworkWeights weights = random_weights(seed, 7, 16 + seed % 9);
    const Network network(weights);
    const GraphInput graph = random_input(seed, 1 + seed);
    const std::vector<float> edges = random_edge_weights(seed, graph);
    Pass pass(network, graph);
    const std::vector<float> got = pass.forward(edges);
    const std::vector<double> expected =
        reference_logits(weights, graph, std::vector<double>(edges.begin(), edges.end()));
    for (size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(got[k], expected[k], 1e-4) << "seed " << seed;
  }
}

TEST(Network, EdgeGradientAgreesWithFiniteDifferences) {
  constexpr double kStep = 1e-6;
  for (uint32_t seed = 0; seed < 10; ++seed) {
    const NetworkWeights weights = random_weights(seed);
    const Network network(weights);
    const GraphInput graph = random_input(seed, 4 + seed);
    const std::vector<float> edges = random_edge_weights(seed, graph);
    Pass pass(network, graph);
    pass.forward(edges);
    const std::vector<float> gradient = pass.backward({0.7F, -1.3F});
    for (size_t e = 0; e < edges.size(); ++e) {
      std::vector<double> more(edges.begin(), edges.end());
      std::vector<double> less = more;
      more[e] += kStep;
      less[e] -= kStep;
      const auto a = reference_logits(weights, graph, more);
      const auto b = reference_logits(weights, graph, less);
      const double expected = (0.7 * (a[0] - b[0]) - 1.3 * (a[1] - b[1])) / (2 * kStep);
      EXPECT_NEAR(gradient[e], expected, 1e-4 * std::max(1.0, std::abs(expected)))
          << "seed " << seed << " edge " << e;
    }
  }
}

TEST(Network, DoesNotDependOnTheOrderOfNodes) {
  const Network network(random_weights(3));
  const GraphInput graph = random_input(5, 12);
  std::vector<int32_t> place(12);
  std::iota(place.begin(), place.end(), 0);
  std::shuffle(place.begin(), place.end(), std::mt19937(9));
  GraphInput moved = graph;
  for (size_t i = 0; i < place.size(); ++i) {
    std::copy_n(graph.features.begin() + static_cast<std::ptrdiff_t>(i) * graph.feature_count,
                graph.feature_count, moved.features.begin() + place[i] * graph.feature_count);
  }
  for (auto& [from, to] : moved.edges) {
    from = place[static_cast<size_t>(from)];
    to = place[static_cast<size_t>(to)];
  }
  const std::vector<float> a = network.logits(graph);
  const std::vector<float> b = network.logits(moved);
  for (size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-4);
}

std::array<uint32_t, 2> bits(const float* logits) {
  std::array<uint32_t, 2> patterns{};
  std::memcpy(patterns.data(), logits, sizeof(patterns));
  return patterns;
}

TEST(Network, SeveralGraphsAtOnceGiveTheBitsOfEachAlone) {
  const Network network(random_weights(4));
  std::vector<GraphInput> graphs;
  for (uint32_t seed = 0; seed < 9; ++seed) graphs.push_back(random_input(seed, 1 + seed * 2));
  std::vector<const GraphInput*> together;
  together.reserve(graphs.size());
  for (const GraphInput& graph : graphs) together.push_back(&graph);
  const std::vector<float> all = network.logits(together);
  for (size_t g = 0; g < graphs.size(); ++g) {
    EXPECT_EQ(bits(all.data() + g * 2), bits(network.logits(graphs[g]).data())) << "graph " << g;
  }
}

TEST(Network, GradientsOfSeveralGraphsStayApart) {
  const Network network(random_weights(4));
  const GraphInput a = random_input(1, 6);
  const GraphInput b = random_input(2, 9);
  Pass both(network, std::vector<const GraphInput*>{&a, &b});
  both.forward();
  const std::vector<float> together = both.backward({1.0F, -1.0F, 0.5F, 2.0F});
  Pass alone(network, b);
  alone.forward();
  const std::vector<float> expected = alone.backward({0.5F, 2.0F});
  for (size_t e = 0; e < expected.size(); ++e) {
    EXPECT_FLOAT_EQ(together[static_cast<size_t>(both.first_edge()[1]) + e], expected[e]);
  }
}

TEST(Network, IsTheSameAfterUse) {
  const NetworkWeights before = random_weights(8);
  const Network network(before);
  const GraphInput graph = random_input(3, 10);
  const std::vector<float> first = network.logits(graph);
  Pass pass(network, graph);
  for (uint32_t i = 0; i < 5; ++i) {
    pass.forward(random_edge_weights(i, graph));
    pass.backward({1.0F, 0.0F});
  }
  EXPECT_EQ(network.logits(graph), first);
  EXPECT_EQ(pass.forward(), first);
  for (size_t l = 0; l < before.layers.size(); ++l) {
    EXPECT_EQ(before.layers[l].neighbour, network.weights().layers[l].neighbour);
    EXPECT_EQ(before.layers[l].root, network.weights().layers[l].root);
    EXPECT_EQ(before.layers[l].bias, network.weights().layers[l].bias);
  }
  EXPECT_EQ(before.output, network.weights().output);
}

TEST(Network, MaskedEdgesAreAbsentEdges) {
  const Network network(random_weights(8));
  GraphInput graph = random_input(3, 10);
  Pass pass(network, graph);
  const std::vector<float> masked = pass.forward(std::vector<float>(graph.edges.size(), 0.0F));
  graph.edges.clear();
  EXPECT_EQ(network.logits(graph), masked);
}

TEST(Network, GraphEmbeddingIsTheSumOfNodeEmbeddings) {
  const Network network(random_weights(8));
  const GraphInput graph = random_input(3, 10);
  Pass pass(network, graph);
  pass.forward();
  for (size_t c = 0; c < static_cast<size_t>(network.hidden()); ++c) {
    double sum = 0.0;
    for (size_t i = 0; i < 10; ++i)
      sum += pass.node_embeddings()[i * static_cast<size_t>(network.hidden()) + c];
    EXPECT_NEAR(pass.graph_embeddings()[c], sum, 1e-4);
  }
}

TEST(Network, AcceptsAGraphWithoutNodes) {
  const Network network(random_weights(8));
  const GraphInput nothing = induced_by_edges(random_input(3, 10), {});
  EXPECT_EQ(network.logits(nothing), network.weights().output_bias);
}

TEST(Network, RefusesWhatDoesNotFit) {
  NetworkWeights short_bias = random_weights(1);
  short_bias.layers[2].bias.pop_back();
  EXPECT_THROW(Network{short_bias}, Error);
  NetworkWeights not_finite = random_weights(1);
  not_finite.layers[0].root[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(Network{not_finite}, Error);
  NetworkWeights gap = random_weights(1);
  gap.layers.erase(gap.layers.begin());
  EXPECT_THROW(Network{gap}, Error);
  const Network network(random_weights(1));
  EXPECT_THROW(network.logits(random_input(1, 4, 6)), Error);
  GraphInput outside = random_input(1, 4);
  outside.edges.emplace_back(0, 4);
  EXPECT_THROW(network.logits(outside), Error);
  const GraphInput good = random_input(1, 4);
  Pass pass(network, good);
  EXPECT_THROW(pass.forward(std::vector<float>(good.edges.size() + 1, 1.0F)), Error);
}

TEST(GraphInput, InducedKeepsEdgesAmongTheNodesThatStay) {
  GraphInput graph = random_input(1, 5, 2);
  graph.edges = {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}};
  const GraphInput part = induced(graph, {0, 2, 3});
  EXPECT_EQ(part.nodes, 3);
  EXPECT_EQ(part.edges, (std::vector<std::pair<int32_t, int32_t>>{{0, 1}, {1, 2}}));
  EXPECT_EQ(part.features[2], graph.features[4]);
  const GraphInput by_edges = induced_by_edges(graph, {1, 3});
  EXPECT_EQ(by_edges.features, part.features);
}

}  // namespace
}  // namespace fusesim::gnn
