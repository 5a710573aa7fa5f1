#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../gnn/random_network.h"
#include "../gnn/torch_network.h"
#include "mask_descent.h"

namespace fusesim {
namespace {

using torch::Tensor;

struct Preset {
  const char* name;
  GnnExplainerOptions options;
};

const std::vector<Preset> kPresets = {
    {"ours", {}}, {"original", original_gnn_explainer()}, {"pyg", pyg_gnn_explainer()}};

/// The definition, in double precision; `kept` are the edges that size and entropy know.
Tensor torch_loss(const gnn::NetworkWeights& weights, const gnn::GraphInput& graph, int64_t target,
                  const GnnExplainerOptions& options, const Tensor& logits, const Tensor& kept) {
  const Tensor mask = torch::sigmoid(logits);
  Tensor loss = torch::nn::functional::cross_entropy(gnn::torch_logits(weights, graph, mask),
                                                     torch::tensor({target}, torch::kInt64));
  const Tensor m = mask.index({kept});
  const Tensor entropy = -m * torch::log(m) - (1 - m) * torch::log(1 - m);
  const double pairs = 0.5 * static_cast<double>(graph.nodes * graph.nodes);
  const double divisor = options.entropy_mean == EntropyMean::edges ? static_cast<double>(m.size(0)) : pairs;
  return loss + options.size * m.sum() + options.entropy * entropy.sum() / divisor;
}

Tensor first_logits(size_t edges, uint64_t seed) {
  torch::manual_seed(seed);
  return (torch::randn({static_cast<int64_t>(edges)}, torch::kFloat64) + 0.5).requires_grad_();
}

std::vector<double> values(const Tensor& tensor) {
  return {tensor.data_ptr<double>(), tensor.data_ptr<double>() + tensor.numel()};
}

TEST(GnnExplainerAutograd, GradientAgreesTo1em5) {
  torch::set_num_threads(1);
  for (const Preset& preset : kPresets) {
    GnnExplainerOptions options = preset.options;
    options.drop_unreached = false;
    for (uint32_t seed = 0; seed < 6; ++seed) {
      const gnn::NetworkWeights weights = gnn::random_weights(seed, 33, 128);
      const gnn::Network network(weights);
      const gnn::GraphInput graph = gnn::random_input(seed, 5 + 2 * seed, 33);
      const int64_t target = seed % 2;
      const Tensor logits = first_logits(graph.edges.size(), seed);
      torch_loss(weights, graph, target, options, logits, torch::ones_like(logits).to(torch::kBool))
          .backward();
      MaskLoss loss(network, graph, target, options);
      const std::vector<double> got = loss.gradient(values(logits));
      const std::vector<double> expected = values(logits.grad());
      const double largest = std::max(1.0, logits.grad().abs().max().item<double>());
      for (size_t e = 0; e < got.size(); ++e) {
        EXPECT_NEAR(got[e], expected[e], 1e-5 * largest) << preset.name << " seed " << seed << " edge " << e;
      }
    }
  }
}

TEST(GnnExplainerAutograd, MaskAgreesAfterStepsOfAdamTo1em4) {
  torch::set_num_threads(1);
  constexpr int kSteps = 25;
  for (const Preset& preset : kPresets) {
    for (uint32_t seed = 0; seed < 3; ++seed) {
      const gnn::NetworkWeights weights = gnn::random_weights(seed, 9, 32);
      const gnn::Network network(weights);
      const gnn::GraphInput graph = gnn::random_input(seed, 6 + 3 * seed, 9);
      const int64_t target = seed % 2;
      const Tensor logits = first_logits(graph.edges.size(), seed);
      std::vector<double> ours = values(logits);

      torch::optim::Adam torch_adam({logits}, torch::optim::AdamOptions(preset.options.learning_rate));
      Tensor kept = torch::ones_like(logits).to(torch::kBool);
      MaskLoss loss(network, graph, target, preset.options);
      Adam adam(ours.size(), preset.options.learning_rate);
      for (int step = 0; step < kSteps; ++step) {
        GnnExplainerOptions now = preset.options;
        const bool bare = now.drop_unreached && step == 0;
        if (bare) now.size = now.entropy = 0.0;
        torch_adam.zero_grad();
        torch_loss(weights, graph, target, now, logits, kept).backward();
        if (bare) kept = logits.grad() != 0;
        torch_adam.step();
        adam.step(ours, loss.gradient(ours));
      }
      const std::vector<double> mask = loss.mask(ours);
      const Tensor expected = torch::sigmoid(logits) * kept;
      for (size_t e = 0; e < mask.size(); ++e) {
        EXPECT_NEAR(mask[e], expected[static_cast<int64_t>(e)].item<double>(), 1e-4)
            << preset.name << " seed " << seed << " edge " << e;
      }
    }
  }
}

}  // namespace
}  // namespace fusesim
