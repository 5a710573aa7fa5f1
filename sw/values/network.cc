#include "fusesim/values/network.h"

#include <algorithm>
#include <set>
#include <string>

#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

ValueRule eltwise_rule(EltwiseKind kind) {
  switch (kind) {
    case EltwiseKind::add:
    case EltwiseKind::sub:
      return ValueRule::sum;
    case EltwiseKind::mul:
      return ValueRule::product;
    case EltwiseKind::div:
      return ValueRule::quotient;
    case EltwiseKind::max:
      return ValueRule::greatest;
    case EltwiseKind::normalise:
      break;
  }
  return ValueRule::normalise;
}

ValueRule norm_rule(const Op& op) {
  const std::string& type = op.onnx_type;
  static const std::set<std::string> plain{"RMSNormalization", "LpNormalization", "LRN"};
  const bool parameters = op.weights + op.biases > 0;
  if (!parameters && (type == "Softmax" || type == "LogSoftmax")) return ValueRule::softmax;
  return plain.count(type) != 0 ? ValueRule::plain_norm : ValueRule::centred_norm;
}

ValueRule reduction_rule(const std::string& type) {
  static const std::set<std::string> means{"ReduceMean", "GlobalAveragePool", "AveragePool"};
  if (type == "ReduceMax") return ValueRule::largest;
  if (type == "ReduceMin") return ValueRule::smallest;
  return means.count(type) != 0 ? ValueRule::mean : ValueRule::total;
}

ValueRule matrix_rule(const Graph& graph, const Op& op) {
  const Shape& matrix = graph.in_shape(op, 1);
  const int64_t positions = op.groups * matrix.h * matrix.w;
  const bool by_rows = graph.in_shape(op).c == matrix.c && graph.out_shape(op).c == positions;
  const bool by_columns = graph.in_shape(op).c == positions && graph.out_shape(op).c == matrix.c;
  return by_columns && !by_rows ? ValueRule::matrix_of_columns : ValueRule::matrix_of_rows;
}

}  // namespace

ValueFormat value_format(const Datatypes& types) {
  const auto width = [](int64_t bytes) { return bytes <= 1 ? 8 : 16; };
  const auto wide = [](int64_t bytes) { return static_cast<int>(std::min<int64_t>(8 * bytes, 63)); };
  return {width(types.activation_bytes), width(types.weight_bytes), wide(types.bias_bytes),
          wide(types.partial_sum_bytes)};
}

ValueRule value_rule(const Graph& graph, const Op& op) {
  switch (op.kind) {
    case OpKind::conv:
    case OpKind::conv_transpose:
      return ValueRule::products;
    case OpKind::max_pool:
      return ValueRule::largest;
    case OpKind::avg_pool:
      return ValueRule::mean;
    case OpKind::global_avg_pool:
      return op.onnx_type == "ReduceSum" ? ValueRule::total : ValueRule::mean;
    case OpKind::global_max_pool:
      return op.onnx_type == "ReduceMin" ? ValueRule::smallest : ValueRule::largest;
    case OpKind::channel_reduce:
      return reduction_rule(op.onnx_type);
    case OpKind::eltwise:
      return eltwise_rule(op.eltwise);
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::channel_shuffle:
    case OpKind::depth_to_space:
    case OpKind::space_to_depth:
    case OpKind::crop:
      return ValueRule::copy;
    case OpKind::resize:
      return op.resize.mode == ResizeMode::linear ? ValueRule::interpolation : ValueRule::copy;
    case OpKind::activation:
      if (op.weights + op.biases == 0) return ValueRule::copy;
      return !op.activations.empty() && op.activations.front().type == "PRelu" ? ValueRule::slope
                                                                               : ValueRule::scale;
    case OpKind::norm:
      return norm_rule(op);
    case OpKind::moments:
      return ValueRule::moments;
    case OpKind::matmul:
      return matrix_rule(graph, op);
    case OpKind::position_matmul:
      return ValueRule::position_matrix;
    case OpKind::opaque:
      break;
  }
  return ValueRule::checksum;
}

}  // namespace fusesim
