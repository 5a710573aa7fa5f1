#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "fusesim/gnn/network.h"
#include "random_network.h"

namespace fusesim::gnn {
namespace {

using torch::Tensor;

Tensor matrix(const std::vector<float>& values, int64_t rows, int64_t columns) {
  return torch::tensor(values).reshape({rows, columns}).to(torch::kFloat64);
}

Tensor row(const std::vector<float>& values) { return torch::tensor(values).to(torch::kFloat64); }

/// The network in plain LibTorch operators and double precision.
Tensor torch_logits(const NetworkWeights& w, const GraphInput& g, const Tensor& edge_weights) {
  std::vector<int64_t> from;
  std::vector<int64_t> to;
  for (const auto& [a, b] : g.edges) {
    from.push_back(a);
    to.push_back(b);
  }
  const Tensor source = torch::tensor(from, torch::kInt64);
  const Tensor target = torch::tensor(to, torch::kInt64);
  const Tensor weight = edge_weights.unsqueeze(1);
  Tensor x = (matrix(g.features, g.nodes, g.feature_count) - row(w.feature_mean)) * row(w.feature_scale);
  for (const GraphConvWeights& layer : w.layers) {
    const Tensor message = x.mm(matrix(layer.neighbour, layer.inputs, layer.outputs));
    Tensor z = x.mm(matrix(layer.root, layer.inputs, layer.outputs)) + row(layer.bias);
    z = z.index_add(0, target, message.index_select(0, source) * weight);
    z = z.index_add(0, source, message.index_select(0, target) * weight);
    x = torch::relu(z);
  }
  return x.sum(0).unsqueeze(0).mm(matrix(w.output, x.size(1), w.classes)) + row(w.output_bias);
}

/// At the paper's size, with the loss that an explainer descends: cross-entropy against one class.
TEST(Autograd, AgreesOnLogitsAndEdgeGradientsTo1em5) {
  torch::set_num_threads(1);
  for (uint32_t seed = 0; seed < 12; ++seed) {
    const NetworkWeights weights = random_weights(seed, 33, 128);
    const Network network(weights);
    const GraphInput graph = random_input(seed, 5 + seed, 33);
    const std::vector<float> edges = random_edge_weights(seed, graph);
    const auto label = static_cast<int64_t>(seed % 2);

    const Tensor w = row(edges).requires_grad_();
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
