#pragma once

#include <torch/torch.h>

#include <vector>

#include "fusesim/gnn/network.h"

namespace fusesim::gnn {

inline torch::Tensor torch_row(const std::vector<float>& values) {
  return torch::tensor(values).to(torch::kFloat64);
}

inline torch::Tensor torch_matrix(const std::vector<float>& values, int64_t rows, int64_t columns) {
  return torch_row(values).reshape({rows, columns});
}

/// The logits (1 x classes) in plain LibTorch operators and double precision.
inline torch::Tensor torch_logits(const NetworkWeights& w, const GraphInput& g,
                                  const torch::Tensor& edge_weights) {
  std::vector<int64_t> from;
  std::vector<int64_t> to;
  for (const auto& [a, b] : g.edges) {
    from.push_back(a);
    to.push_back(b);
  }
  const torch::Tensor source = torch::tensor(from, torch::kInt64);
  const torch::Tensor target = torch::tensor(to, torch::kInt64);
  const torch::Tensor weight = edge_weights.unsqueeze(1);
  torch::Tensor x = (torch_matrix(g.features, g.nodes, g.feature_count) - torch_row(w.feature_mean)) *
                    torch_row(w.feature_scale);
  for (const GraphConvWeights& layer : w.layers) {
    const torch::Tensor message = x.mm(torch_matrix(layer.neighbour, layer.inputs, layer.outputs));
    torch::Tensor z = x.mm(torch_matrix(layer.root, layer.inputs, layer.outputs)) + torch_row(layer.bias);
    z = z.index_add(0, target, message.index_select(0, source) * weight);
    z = z.index_add(0, source, message.index_select(0, target) * weight);
    x = torch::relu(z);
  }
  return x.sum(0).unsqueeze(0).mm(torch_matrix(w.output, x.size(1), w.classes)) + torch_row(w.output_bias);
}

}  // namespace fusesim::gnn
