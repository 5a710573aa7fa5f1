#include "time/op_time.h"

#include "fusesim/base/ceil_div.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {

ArrayBlock array_block(const Graph& graph, const Op& op, int64_t rows, int64_t first, int64_t end,
                       int64_t inputs) {
  const Window& w = op.window;
  ArrayBlock block;
  block.positions = rows * graph.out_shape(op).w;
  block.taps = w.kernel_h * w.kernel_w;
  // An output of a transposed convolution sees every stride-th tap.
  if (op.kind == OpKind::conv_transpose)
    block.taps = ceil_div(w.kernel_h, w.stride_h) * ceil_div(w.kernel_w, w.stride_w);
  block.inputs = inputs;
  block.first_output = first;
  block.end_output = end;
  block.group_outputs = graph.out_shape(op).c / op.groups;
  block.depthwise = is_depthwise(graph, op);
  block.biased = op.biases > 0;
  block.input_bits = graph.tensor(op.inputs.front()).bits;
  block.weight_bits = op.weight_bits;
  block.bias_bits = op.bias_bits;
  block.output_bits = graph.tensor(op.output()).bits;
  return block;
}

ArrayBlock array_block(const Graph& graph, const Op& op, int64_t rows) {
  if (op_facts(op).channels == ChannelUse::paired) {
    // Every position has products of its own, one for each group.
    const int64_t summed = op.channel_block;
    ArrayBlock block;
    block.positions = graph.in_shape(op).c / op.groups / summed;
    block.inputs = summed;
    block.group_outputs = graph.in_shape(op, 1).c / op.groups / summed;
    block.end_output = rows * graph.out_shape(op).w * op.groups * block.group_outputs;
    block.input_bits = graph.tensor(op.inputs.front()).bits;
    block.weight_bits = graph.tensor(op.inputs.back()).bits;
    block.output_bits = graph.tensor(op.output()).bits;
    return block;
  }
  return array_block(graph, op, rows, 0, graph.out_shape(op).c, graph.in_shape(op).c / op.groups);
}

int64_t vector_ops(const Graph& graph, const Op& op, int64_t channels) {
  const int64_t elements = channels * graph.out_shape(op).w;
  switch (op.kind) {
    case OpKind::max_pool:
    case OpKind::avg_pool:
      return elements * op.window.kernel_h * op.window.kernel_w;
    case OpKind::global_avg_pool:
    case OpKind::global_max_pool:
      return channels * graph.in_shape(op).w;
    case OpKind::moments:  // the sum and the sum of squares
      return channels * graph.in_shape(op).w * graph.out_shape(op).w;
    case OpKind::channel_reduce:
      return graph.in_shape(op).c * graph.in_shape(op).w;
    case OpKind::eltwise:  // normalise: a difference and a product
      if (op.eltwise == EltwiseKind::normalise) return 2 * elements;
      return elements * static_cast<int64_t>(op.inputs.size() - 1);
    case OpKind::norm:  // two statistics, a difference and a product, then the scale and the shift
      return (op.weights + op.biases > 0 ? 6 : 4) * elements;
    case OpKind::resize:
      return op.resize.mode == ResizeMode::linear ? 4 * elements : elements;
    case OpKind::activation:
      return op.weights + op.biases > 0 ? 2 * elements : elements;
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::channel_shuffle:
    case OpKind::depth_to_space:
    case OpKind::space_to_depth:
    case OpKind::crop:
    case OpKind::conv:
    case OpKind::conv_transpose:
    case OpKind::matmul:
    case OpKind::position_matmul:
    case OpKind::opaque:
      break;
  }
  return elements;
}

}  // namespace fusesim
