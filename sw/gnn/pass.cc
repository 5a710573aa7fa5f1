#include <algorithm>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/gnn/network.h"
#include "kernels.h"

namespace fusesim::gnn {
namespace {

void expect_size(size_t got, int64_t expected, const char* what) {
  if (static_cast<int64_t>(got) == expected) return;
  throw Error(std::string(what) + ": expected " + std::to_string(expected) + " values, got " +
              std::to_string(got));
}

void check_graph(const GraphInput& graph, int64_t features) {
  if (graph.feature_count != features) {
    throw Error("graph: expected " + std::to_string(features) + " features a node, got " +
                std::to_string(graph.feature_count));
  }
  expect_size(graph.features.size(), graph.nodes * features, "graph: features");
  for (const auto& [from, to] : graph.edges) {
    if (from < 0 || to < 0 || from >= graph.nodes || to >= graph.nodes) {
      throw Error("graph: expected edges between nodes below " + std::to_string(graph.nodes) + ", got " +
                  std::to_string(from) + " -> " + std::to_string(to));
    }
  }
}

}  // namespace

Pass::Pass(const Network& network, const GraphInput& graph)
    : Pass(network, std::vector<const GraphInput*>{&graph}) {}

Pass::Pass(const Network& network, const std::vector<const GraphInput*>& graphs) : network_(network) {
  const NetworkWeights& weights = network.weights_;
  const int64_t features = network.feature_count();
  std::vector<float> input;
  for (const GraphInput* graph : graphs) {
    check_graph(*graph, features);
    const auto base = static_cast<int32_t>(first_node_.back());
    for (const auto& [from, to] : graph->edges) edges_.emplace_back(base + from, base + to);
    for (size_t i = 0; i < graph->features.size(); ++i) {
      const size_t f = i % static_cast<size_t>(features);
      input.push_back((graph->features[i] - weights.feature_mean[f]) * weights.feature_scale[f]);
    }
    first_node_.push_back(first_node_.back() + graph->nodes);
    first_edge_.push_back(static_cast<int64_t>(edges_.size()));
  }
  for (const GraphConvWeights& layer : weights.layers) {
    projections_.emplace_back(static_cast<size_t>(2 * nodes() * layer.outputs));
    activations_.emplace_back(static_cast<size_t>(nodes() * layer.outputs));
  }
  kernels().multiply(input.data(), nodes(), features, network.joined_[0].data()->values,
                     2 * weights.layers[0].outputs, projections_[0].data());
  edge_gradient_.resize(edges_.size());
}

void Pass::project(size_t layer) {
  const GraphConvWeights& shape = network_.weights_.layers[layer];
  kernels().multiply(activations_[layer - 1].data(), nodes(), shape.inputs,
                     network_.joined_[layer].data()->values, 2 * shape.outputs, projections_[layer].data());
}

void Pass::gather(size_t layer) {
  const GraphConvWeights& shape = network_.weights_.layers[layer];
  const Kernels& k = kernels();
  const int64_t width = shape.outputs;
  const float* projected = projections_[layer].data();
  float* out = activations_[layer].data();
  for (int64_t i = 0; i < nodes(); ++i) {
    const float* root = projected + (2 * i + 1) * width;
    for (int64_t c = 0; c < width; ++c) out[i * width + c] = root[c] + shape.bias[static_cast<size_t>(c)];
  }
  for (size_t e = 0; e < edges_.size(); ++e) {
    const int64_t from = edges_[e].first;
    const int64_t to = edges_[e].second;
    k.add_scaled(out + to * width, edge_weights_[e], projected + 2 * from * width, width);
    k.add_scaled(out + from * width, edge_weights_[e], projected + 2 * to * width, width);
  }
  for (float& x : activations_[layer]) x = std::max(x, 0.0F);
}

const std::vector<float>& Pass::forward() { return forward(std::vector<float>(edges_.size(), 1.0F)); }

const std::vector<float>& Pass::forward(const std::vector<float>& edge_weights) {
  expect_size(edge_weights.size(), edges(), "edge weights");
  edge_weights_ = edge_weights;
  const NetworkWeights& weights = network_.weights_;
  for (size_t l = 0; l < weights.layers.size(); ++l) {
    if (l > 0) project(l);
    gather(l);
  }
  const int64_t hidden = network_.hidden();
  sums_.assign(static_cast<size_t>(graphs() * hidden), 0.0F);
  logits_.clear();
  for (int64_t g = 0; g < graphs(); ++g) {
    float* sum = sums_.data() + g * hidden;
    for (int64_t i = first_node_[static_cast<size_t>(g)]; i < first_node_[static_cast<size_t>(g) + 1]; ++i) {
      kernels().add_scaled(sum, 1.0F, node_embeddings().data() + i * hidden, hidden);
    }
    logits_.insert(logits_.end(), weights.output_bias.begin(), weights.output_bias.end());
    float* logit = logits_.data() + g * weights.classes;
    for (int64_t c = 0; c < hidden; ++c) {
      for (int64_t k = 0; k < weights.classes; ++k) {
        logit[k] += sum[c] * weights.output[static_cast<size_t>(c * weights.classes + k)];
      }
    }
  }
  return logits_;
}

void Pass::spread_over_nodes(const std::vector<float>& logit_gradient) {
  const NetworkWeights& weights = network_.weights_;
  const int64_t hidden = network_.hidden();
  node_gradient_.resize(static_cast<size_t>(nodes() * hidden));
  std::vector<float> row(static_cast<size_t>(hidden));
  for (int64_t g = 0; g < graphs(); ++g) {
    for (int64_t c = 0; c < hidden; ++c) {
      float sum = 0.0F;
      for (int64_t k = 0; k < weights.classes; ++k) {
        sum += logit_gradient[static_cast<size_t>(g * weights.classes + k)] *
               weights.output[static_cast<size_t>(c * weights.classes + k)];
      }
      row[static_cast<size_t>(c)] = sum;
    }
    for (int64_t i = first_node_[static_cast<size_t>(g)]; i < first_node_[static_cast<size_t>(g) + 1]; ++i) {
      std::copy(row.begin(), row.end(), node_gradient_.begin() + i * hidden);
    }
  }
}

void Pass::through_relu(size_t layer) {
  const int64_t width = network_.weights_.layers[layer].outputs;
  pre_gradient_.resize(static_cast<size_t>(2 * nodes() * width));
  const float* active = activations_[layer].data();
  const float* from = node_gradient_.data();
  float* to = pre_gradient_.data();
  for (int64_t i = 0; i < nodes(); ++i, to += 2 * width, from += width, active += width) {
    std::fill_n(to, width, 0.0F);
    for (int64_t c = 0; c < width; ++c) to[width + c] = active[c] > 0.0F ? from[c] : 0.0F;
  }
}

void Pass::through_edges(size_t layer) {
  const Kernels& k = kernels();
  const int64_t width = network_.weights_.layers[layer].outputs;
  const float* projected = projections_[layer].data();
  float* pre = pre_gradient_.data();
  for (size_t e = 0; e < edges_.size(); ++e) {
    const int64_t from = edges_[e].first;
    const int64_t to = edges_[e].second;
    const float* at_from = pre + (2 * from + 1) * width;
    const float* at_to = pre + (2 * to + 1) * width;
    edge_gradient_[e] +=
        k.dot(at_to, projected + 2 * from * width, width) + k.dot(at_from, projected + 2 * to * width, width);
    if (layer == 0) continue;
    k.add_scaled(pre + 2 * from * width, edge_weights_[e], at_to, width);
    k.add_scaled(pre + 2 * to * width, edge_weights_[e], at_from, width);
  }
}

const std::vector<float>& Pass::backward(const std::vector<float>& logit_gradient) {
  const NetworkWeights& weights = network_.weights_;
  expect_size(logit_gradient.size(), graphs() * weights.classes, "logit gradient");
  expect_size(edge_weights_.size(), edges(), "backward before forward: edge weights");
  std::fill(edge_gradient_.begin(), edge_gradient_.end(), 0.0F);
  spread_over_nodes(logit_gradient);
  for (size_t l = weights.layers.size(); l-- > 0;) {
    through_relu(l);
    through_edges(l);
    if (l == 0) break;
    const GraphConvWeights& shape = weights.layers[l];
    node_gradient_.resize(static_cast<size_t>(nodes() * shape.inputs));
    kernels().multiply(pre_gradient_.data(), nodes(), 2 * shape.outputs,
                       network_.joined_transposed_[l].data()->values, shape.inputs, node_gradient_.data());
  }
  return edge_gradient_;
}

}  // namespace fusesim::gnn
