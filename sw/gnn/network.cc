#include "fusesim/gnn/network.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim::gnn {
namespace {

void check_values(const std::vector<float>& values, int64_t expected, const std::string& what) {
  if (static_cast<int64_t>(values.size()) != expected) {
    throw Error("network: " + what + ": expected " + std::to_string(expected) + " values, got " +
                std::to_string(values.size()));
  }
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
    throw Error("network: " + what + ": expected finite values");
  }
}

void check(const NetworkWeights& weights) {
  const auto features = static_cast<int64_t>(weights.feature_mean.size());
  if (features == 0 || weights.layers.empty() || weights.classes < 1) {
    throw Error("network: expected at least one feature, layer and class");
  }
  check_values(weights.feature_mean, features, "feature_mean");
  check_values(weights.feature_scale, features, "feature_scale");
  int64_t inputs = features;
  for (size_t l = 0; l < weights.layers.size(); ++l) {
    const GraphConvWeights& layer = weights.layers[l];
    const std::string name = "layers[" + std::to_string(l) + "]";
    if (layer.inputs != inputs || layer.outputs < 1) {
      throw Error("network: " + name + ": expected " + std::to_string(inputs) + " inputs, got " +
                  std::to_string(layer.inputs));
    }
    check_values(layer.neighbour, inputs * layer.outputs, name + ".neighbour");
    check_values(layer.root, inputs * layer.outputs, name + ".root");
    check_values(layer.bias, layer.outputs, name + ".bias");
    inputs = layer.outputs;
  }
  check_values(weights.output, inputs * weights.classes, "output");
  check_values(weights.output_bias, weights.classes, "output_bias");
}

/// [W_rel | W_root], inputs x 2 outputs.
std::vector<float> join(const GraphConvWeights& layer) {
  std::vector<float> joined(static_cast<size_t>(2 * layer.inputs * layer.outputs));
  for (int64_t i = 0; i < layer.inputs; ++i) {
    float* row = joined.data() + 2 * i * layer.outputs;
    std::copy_n(layer.neighbour.data() + i * layer.outputs, layer.outputs, row);
    std::copy_n(layer.root.data() + i * layer.outputs, layer.outputs, row + layer.outputs);
  }
  return joined;
}

std::vector<float> transpose(const std::vector<float>& matrix, int64_t rows, int64_t columns) {
  std::vector<float> result(matrix.size());
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < columns; ++c) {
      result[static_cast<size_t>(c * rows + r)] = matrix[static_cast<size_t>(r * columns + c)];
    }
  }
  return result;
}

}  // namespace

Network::Panels Network::pack(const std::vector<float>& matrix, int64_t rows, int64_t columns) {
  constexpr int64_t kWidth = 16;
  const int64_t panels = (columns + kWidth - 1) / kWidth;
  Panels packed(static_cast<size_t>(panels * rows), PanelRow{});
  for (int64_t p = 0; p < panels; ++p) {
    const int64_t width = std::min(kWidth, columns - p * kWidth);
    for (int64_t r = 0; r < rows; ++r) {
      std::copy_n(matrix.data() + r * columns + p * kWidth, width,
                  packed[static_cast<size_t>(p * rows + r)].values);
    }
  }
  return packed;
}

Network::Network(NetworkWeights weights) : weights_(std::move(weights)) {
  check(weights_);
  for (const GraphConvWeights& layer : weights_.layers) {
    const std::vector<float> joined = join(layer);
    joined_.push_back(pack(joined, layer.inputs, 2 * layer.outputs));
    joined_transposed_.push_back(
        pack(transpose(joined, layer.inputs, 2 * layer.outputs), 2 * layer.outputs, layer.inputs));
  }
}

std::vector<float> Network::logits(const GraphInput& graph) const { return Pass(*this, graph).forward(); }

std::vector<float> Network::logits(const std::vector<const GraphInput*>& graphs) const {
  return Pass(*this, graphs).forward();
}

std::vector<float> softmax(const std::vector<float>& logits) {
  std::vector<float> result = logits;
  if (result.empty()) return result;
  const float most = *std::max_element(result.begin(), result.end());
  float sum = 0.0F;
  for (float& x : result) sum += x = std::exp(x - most);
  for (float& x : result) x /= sum;
  return result;
}

}  // namespace fusesim::gnn
