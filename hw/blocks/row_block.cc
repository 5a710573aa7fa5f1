#include "blocks/row_block.h"

#include <algorithm>

#include "ops/provenance.h"
#include "ops/row_window.h"

namespace fusesim::hw {

int64_t RowBlock::column_steps(int64_t columns) const {
  if (depthwise) return ceil_div(outputs.size(), columns);
  const int64_t first_end = std::min(outputs.last, (outputs.first / group_outputs + 1) * group_outputs);
  const int64_t rest = outputs.last - first_end;
  if (rest == 0) return ceil_div(outputs.size(), columns);
  return ceil_div(first_end - outputs.first, columns) +
         rest / group_outputs * ceil_div(group_outputs, columns) + ceil_div(rest % group_outputs, columns);
}

int64_t RowBlock::input_channels() const {
  if (depthwise) return outputs.size();
  return group_inputs * ((outputs.last - 1) / group_outputs - outputs.first / group_outputs + 1);
}

namespace {

/// Whole rows of a position_matmul: every position multiplies matrices of its own, group by group, as if it
/// were so many convolution groups.
RowBlock paired_block(const Graph& graph, const Op& op, const RowRange& rows) {
  const int64_t groups = rows.size() * graph.out_shape(op).w * op.groups;
  RowBlock block;
  block.group_inputs = op.channel_block;
  block.positions = graph.in_shape(op, 0).c / (op.groups * op.channel_block);
  block.group_outputs = graph.in_shape(op, 1).c / (op.groups * op.channel_block);
  block.outputs = {0, groups * block.group_outputs};
  block.taps = 1;
  block.products = block.positions;
  block.file_bits = {graph.tensor(op.inputs[0]).bits, graph.tensor(op.inputs[1]).bits, 0,
                     graph.tensor(op.output()).bits};
  return block;
}

}  // namespace

RowBlock row_block(const Graph& graph, const Op& op, const RowRange& rows, const ChannelRange& outputs,
                   const ChannelRange& inputs) {
  if (op_facts(op).channels == ChannelUse::paired) return paired_block(graph, op, rows);
  const Window& w = op.window;
  const int64_t width = graph.out_shape(op).w;
  RowBlock block;
  block.positions = rows.size() * width;
  block.group_inputs = inputs.size();
  block.outputs = outputs;
  block.group_outputs = outputs_per_group(graph, op);
  block.depthwise = is_depthwise(graph, op);
  block.biased = op.biases > 0 && inputs.first == 0;
  block.file_bits = {graph.tensor(op.inputs.front()).bits, op.weight_bits, op.bias_bits,
                     graph.tensor(op.output()).bits};
  if (op.kind == OpKind::conv_transpose) {
    const Shape& in = graph.in_shape(op);
    block.taps = ceil_div(w.kernel_h, w.stride_h) * ceil_div(w.kernel_w, w.stride_w);
    block.products =
        transposed_products(in.h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, rows.first, rows.last) *
        transposed_products(in.w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, 0, width);
  } else {
    block.taps = w.kernel_h * w.kernel_w;
    block.products = block.positions * block.taps;
  }
  return block;
}

RowBlock row_block(const Graph& graph, const Op& op, const RowRange& rows) {
  return row_block(graph, op, rows, {0, graph.out_shape(op).c}, {0, inputs_per_group(graph, op)});
}

}  // namespace fusesim::hw
