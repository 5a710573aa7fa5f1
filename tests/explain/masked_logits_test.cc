#include "masked_logits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../gnn/random_network.h"
#include "../gnn/torch_network.h"

namespace fusesim {
namespace {

using gnn::torch_logits;

/// PGExplainer's loss as it goes through the network: cross-entropy of two graphs in one step, edge weights
/// that are sigmoids.
TEST(MaskedLogits, AgreeWithPlainAutogradTo1em5) {
  torch::set_num_threads(1);
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const gnn::NetworkWeights weights = gnn::random_weights(seed, 33, 128);
    const gnn::Network network(weights);
    const gnn::GraphInput a = gnn::random_input(seed, 6 + seed, 33);
    const gnn::GraphInput b = gnn::random_input(seed + 100, 9, 33);
    const auto edges_a = static_cast<int64_t>(a.edges.size());
    const auto edges_b = static_cast<int64_t>(b.edges.size());
    torch::manual_seed(seed);
    const torch::Tensor start = torch::randn({edges_a + edges_b});
    const torch::Tensor targets = torch::tensor({int64_t{1}, static_cast<int64_t>(seed % 2)});

    const torch::Tensor w = start.to(torch::kFloat64).requires_grad_();
    const torch::Tensor m = torch::sigmoid(w);
    const torch::Tensor expected = torch::cat({torch_logits(weights, a, m.narrow(0, 0, edges_a)),
                                               torch_logits(weights, b, m.narrow(0, edges_a, edges_b))});
    torch::nn::functional::cross_entropy(expected, targets).backward();

    const torch::Tensor v = start.clone().requires_grad_();
    gnn::Pass pass(network, {&a, &b});
    const torch::Tensor got = MaskedLogits::apply(torch::sigmoid(v), &pass);
    torch::nn::functional::cross_entropy(got, targets).backward();

    const double logit = std::max(1.0, expected.abs().max().item<double>());
    EXPECT_LT((got - expected).abs().max().item<double>(), 1e-5 * logit) << "seed " << seed;
    const double gradient = std::max(1.0, w.grad().abs().max().item<double>());
    EXPECT_GT(w.grad().abs().max().item<double>(), 1e-3) << "seed " << seed;
    EXPECT_LT((v.grad() - w.grad()).abs().max().item<double>(), 1e-5 * gradient) << "seed " << seed;
  }
}

}  // namespace
}  // namespace fusesim
