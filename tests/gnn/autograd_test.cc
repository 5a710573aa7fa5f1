#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "fusesim/gnn/network.h"
#include "random_network.h"
#include "torch_network.h"

namespace fusesim::gnn {
namespace {

using torch::Tensor;

/// At the paper's size, with the loss that an explainer descends: cross-entropy against one class.
TEST(Autograd, AgreesOnLogitsAndEdgeGradientsTo1em5) {
  torch::set_num_threads(1);
  for (uint32_t seed = 0; seed < 12; ++seed) {
    const NetworkWeights weights = random_weights(seed, 33, 128);
    const Network network(weights);
    const GraphInput graph = random_input(seed, 5 + seed, 33);
    const std::vector<float> edges = random_edge_weights(seed, graph);
    const auto label = static_cast<int64_t>(seed % 2);

    const Tensor w = torch_row(edges).requires_grad_();
    const Tensor expected = torch_logits(weights, graph, w);
    torch::nn::functional::cross_entropy(expected, torch::tensor({label}, torch::kInt64)).backward();

    Pass pass(network, graph);
    const std::vector<float> logits = pass.forward(edges);
    std::vector<float> gradient = softmax(logits);
    gradient[static_cast<size_t>(label)] -= 1.0F;
    const std::vector<float> got = pass.backward(gradient);
    for (int64_t k = 0; k < 2; ++k) {
      const double e = expected[0][k].item<double>();
      EXPECT_NEAR(logits[static_cast<size_t>(k)], e, 1e-5 * std::max(1.0, std::abs(e))) << "seed " << seed;
    }
    const double largest = std::max(1.0, w.grad().abs().max().item<double>());
    for (size_t i = 0; i < edges.size(); ++i) {
      EXPECT_NEAR(got[i], w.grad()[static_cast<int64_t>(i)].item<double>(), 1e-5 * largest)
          << "seed " << seed << " edge " << i;
    }
  }
}

}  // namespace
}  // namespace fusesim::gnn
