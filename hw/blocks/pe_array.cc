#include "blocks/pe_array.h"

#include "ops/provenance.h"
#include "ops/row_window.h"

namespace fusesim::hw {

RowBlock row_block(const Graph& graph, const Op& op, int64_t co0, int64_t co1, int64_t ci0, int64_t ci1) {
  const Window& w = op.window;
  const int64_t per_group = outputs_per_group(graph, op);
  RowBlock block;
  block.out_width = graph.out_shape(op).w;
  block.taps = op.kind == OpKind::conv_transpose
                   ? ceil_div(w.kernel_h, w.stride_h) * ceil_div(w.kernel_w, w.stride_w)
                   : w.kernel_h * w.kernel_w;
  block.groups = (co1 - 1) / per_group - co0 / per_group + 1;
  block.group_inputs = ci1 - ci0;
  block.outputs = co1 - co0;
  block.depthwise = is_depthwise(graph, op);
  return block;
}

RowBlock row_block(const Graph& graph, const Op& op) {
  return row_block(graph, op, 0, graph.out_shape(op).c, 0, inputs_per_group(graph, op));
}

int64_t pe_cycles(const PeArrayConfig& config, const RowBlock& block) {
  const bool stationary_weights = config.dataflow == Dataflow::weight_stationary;
  const int64_t fill = config.fill_cycles > 0 ? config.fill_cycles : config.rows + config.columns;
  if (block.depthwise) {
    const int64_t passes = ceil_div(block.taps, config.rows) * ceil_div(block.outputs, config.columns);
    return passes * (block.out_width + (stationary_weights ? config.rows : 0)) + fill;
  }
  const int64_t group_outputs = ceil_div(block.outputs, block.groups);
  const int64_t passes =
      block.groups * ceil_div(block.group_inputs, config.rows) * ceil_div(group_outputs, config.columns);
  return passes * block.taps * (block.out_width + (stationary_weights ? config.rows : 0)) + fill;
}

}  // namespace fusesim::hw
