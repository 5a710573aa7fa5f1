#include <algorithm>

#include "fusesim/testing/brute_force.h"

namespace fusesim::testing {
namespace {

int64_t bits(int32_t of_file, int64_t bytes, const BruteParams& params) {
  return params.from_file && of_file > 0 ? of_file : bytes * 8;
}

int64_t padded(int64_t bits) { return bits / 8 + (bits % 8 == 0 ? 0 : 1); }

}  // namespace

int64_t channel_bytes(const Graph& graph, TensorId t, const BruteParams& params) {
  const Tensor& tensor = graph.tensor(t);
  return padded(tensor.shape.w * bits(tensor.bits, params.activation_bytes, params));
}

int64_t channel_sum_bytes(const Graph& graph, TensorId t, const BruteParams& params) {
  return std::max(channel_bytes(graph, t, params), graph.tensor(t).shape.w * params.partial_sum_bytes);
}

int64_t weights_in_rows(const Op& op, int64_t rows, int64_t weights, const BruteParams& params) {
  return rows * padded(weights * bits(op.weight_bits, params.weight_bytes, params));
}

int64_t biases_in_bytes(const Op& op, int64_t biases, const BruteParams& params) {
  return biases * padded(bits(op.bias_bits, params.bias_bytes, params));
}

int64_t parameters_in_bytes(const Graph& graph, const Op& op, const BruteParams& params) {
  const int64_t channels = op.outputs.size() == 1 ? graph.out_shape(op).c : 1;
  const bool even = op.kind != OpKind::opaque && op.weights % channels == 0;
  const int64_t rows = even ? channels : 1;
  return weights_in_rows(op, rows, op.weights / rows, params) + biases_in_bytes(op, op.biases, params);
}

}  // namespace fusesim::testing
