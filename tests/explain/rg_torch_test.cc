#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "../gnn/random_network.h"
#include "random_rg.h"
#include "rg_policy.h"

namespace fusesim {
namespace {

using torch::Tensor;

Tensor matrix(const std::vector<float>& values, int64_t columns) {
  const auto rows = static_cast<int64_t>(values.size()) / columns;
  return torch::tensor(values).reshape({rows, columns}).to(torch::kFloat64);
}

/// 0.85 A x + 0.15 x0 three times, A = D^-1/2 Adj D^-1/2.
Tensor diffused(const gnn::GraphInput& graph, const Tensor& x0) {
  Tensor adjacency = torch::zeros({graph.nodes, graph.nodes}, torch::kFloat64);
  for (const auto& [from, to] : graph.edges) {
    adjacency[from][to] = 1.0;
    adjacency[to][from] = 1.0;
  }
  const Tensor root = adjacency.sum(1).pow(-0.5);
  const Tensor normalised = root.unsqueeze(1) * adjacency * root.unsqueeze(0);
  Tensor x = x0;
  for (int i = 0; i < 3; ++i) x = 0.85 * normalised.mm(x) + 0.15 * x0;
  return x;
}

Tensor indicator(int64_t nodes, const std::vector<int32_t>& ones) {
  Tensor x = torch::zeros({nodes, 1}, torch::kFloat64);
  for (const int32_t one : ones) x[one][0] = 1.0;
  return x;
}

Tensor block(const Tensor& h, const std::vector<float>& weights, const std::vector<float>& bias) {
  return h + torch::silu(h).mm(matrix(weights, kRgHidden)) + matrix(bias, kRgHidden);
}

/// The definition over all nodes of the graph, in double precision.
Tensor step_reference(const RgWeights& w, const gnn::GraphInput& graph, const Tensor& features,
                      const Expansion& expansion) {
  Tensor h = diffused(graph, indicator(graph.nodes, {expansion.selected().front()})).mm(matrix(w.seed, 64)) +
             diffused(graph, indicator(graph.nodes, expansion.selected())).mm(matrix(w.selected, 64)) +
             features.mm(matrix(w.attributes, 64)) + matrix(w.attributes_bias, 64);
  h = block(block(h, w.block1, w.block1_bias), w.block2, w.block2_bias);
  std::vector<int64_t> candidates(expansion.boundary().begin(), expansion.boundary().end());
  std::vector<int64_t> involved = candidates;
  involved.insert(involved.end(), expansion.selected().begin(), expansion.selected().end());
  const Tensor nodes =
      torch::log_softmax(h.index_select(0, torch::tensor(candidates)).mm(matrix(w.score, 1)).squeeze(1), 0);
  const Tensor rows = h.index_select(0, torch::tensor(involved));
  const Tensor share = torch::softmax(rows.mm(matrix(w.attention, 1)), 0);
  const Tensor stop =
      torch::log_softmax(torch::silu((share * rows).sum(0, true)).mm(matrix(w.stop, 2)), 1).squeeze(0);
  const bool free = expansion.selected().size() > 1;
  return torch::cat({free ? nodes + stop[0] : nodes, stop.slice(0, 1, 2)});
}

constexpr double kNear = 1e-4;

TEST(RgTorch, StepsAgreeUntilTheEnd) {
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const gnn::Network network(gnn::random_weights(seed));
    const RgWeights weights = random_rg_weights(seed, network, 0.15F);
    const gnn::GraphInput graph = gnn::random_input(seed, 8 + 4 * static_cast<int64_t>(seed));
    const Tensor features = (matrix(graph.features, 7) - matrix(network.weights().feature_mean, 7)) *
                            matrix(network.weights().feature_scale, 7);
    const RgGraph shape(graph);
    const std::vector<float> attributes = attribute_terms(weights, standardised(network, graph));
    Expansion expansion(shape, static_cast<int32_t>(seed));
    while (!expansion.ended(20)) {
      const std::vector<float> got = step_log_probabilities(weights, attributes, expansion);
      const Tensor expected = step_reference(weights, graph, features, expansion);
      const size_t choices = expansion.boundary().size();
      const bool may_stop = expansion.selected().size() > 1;
      for (size_t i = 0; i < choices + (may_stop ? 1 : 0); ++i) {
        const double e = expected[static_cast<int64_t>(i)].item<double>();
        EXPECT_NEAR(got[i], e, kNear * std::max(1.0, std::abs(e))) << "seed " << seed;
      }
      const auto best = std::max_element(got.begin(), got.end() - 1) - got.begin();
      EXPECT_EQ(best, expected.slice(0, 0, static_cast<int64_t>(choices)).argmax().item<int64_t>());
      expansion.add(expansion.boundary()[static_cast<size_t>(best)]);
    }
  }
}

TEST(RgTorch, SeedsAgree) {
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const gnn::Network network(gnn::random_weights(seed));
    const RgWeights w = random_rg_weights(seed, network);
    gnn::Pass pass(network, gnn::random_input(seed, 12));
    pass.forward();
    const std::vector<float> got = seed_logits(w, pass.node_embeddings());
    const Tensor nodes = matrix(pass.node_embeddings(), network.hidden());
    const Tensor rows = torch::cat({nodes.mean(0, true).expand_as(nodes), nodes}, 1);
    const Tensor first = torch::relu(rows.mm(matrix(w.locator1, 64)) + matrix(w.locator1_bias, 64));
    const Tensor second = torch::relu(first.mm(matrix(w.locator2, 8)) + matrix(w.locator2_bias, 8));
    const Tensor expected = second.mm(matrix(w.locator3, 1));
    for (size_t v = 0; v < got.size(); ++v) {
      const double e = expected[static_cast<int64_t>(v)][0].item<double>();
      EXPECT_NEAR(got[v], e, kNear * std::max(1.0, std::abs(e))) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace fusesim
