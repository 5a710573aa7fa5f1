#include "brr/weights.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/graph/op_facts.h"
#include "op_traffic.h"

namespace fusesim {

int64_t weight_sub_group_bytes(const Graph& graph, const Op& op, const Datatypes& types, int64_t pe_rows,
                               int64_t g) {
  if (op.weights == 0 && op.biases == 0) return 0;
  if (op_facts(op).mixes_channels()) return weight_bytes(op, types);
  const int64_t outputs = std::min(g, graph.out_shape(op).c);
  const int64_t channels = graph.out_shape(op).c;
  if (!is_convolution(op)) {
    return ceil_div(op.weights * outputs, channels) * types.weight_bytes +
           ceil_div(op.biases * outputs, channels) * types.bias_bytes;
  }
  const int64_t inputs = std::min(pe_rows, graph.in_shape(op).c / op.groups);
  const int64_t weights = op.weights == 0 ? 0 : outputs * inputs * op.window.kernel_h * op.window.kernel_w;
  return weights * types.weight_bytes + (op.biases == 0 ? 0 : outputs * types.bias_bytes);
}

int64_t streamed_weight_bytes(int64_t piece_bytes, int64_t weight_bytes, DoubleBuffer double_buffer) {
  const int64_t pieces = double_buffer == DoubleBuffer::none ? 1 : 2;
  return std::min(pieces * piece_bytes, weight_bytes);
}

bool has_weight_passes(const Op& op) { return is_convolution(op); }

WeightPasses weight_passes(const Graph& graph, const Op& op, const Datatypes& types, int64_t block_channels,
                           DoubleBuffer double_buffer) {
  const Shape& in = graph.in_shape(op);
  const Shape& out = graph.out_shape(op);
  WeightPasses result;
  result.passes = ceil_div(out.c, block_channels);
  const int64_t extent = (op.window.kernel_h - 1) * op.window.dilation_h + 1;
  result.ring_channels = in.c;
  result.ifmap_channels = in.c * result.passes;
  if (is_depthwise(graph, op)) {
    const int64_t multiplier = out.c / in.c;
    result.ring_channels = result.ifmap_channels = 0;
    for (int64_t first = 0; first < out.c; first += block_channels) {
      const int64_t end = std::min(first + block_channels, out.c);
      const int64_t channels = ceil_div(end, multiplier) - first / multiplier;
      result.ring_channels = std::max(result.ring_channels, channels);
      result.ifmap_channels += channels;
    }
  }
  const int64_t per_output =
      op.weights / out.c * types.weight_bytes + (op.biases == 0 ? 0 : types.bias_bytes);
  result.weight_bytes = streamed_weight_bytes(block_channels * per_output, out.c * per_output, double_buffer);
  result.ring_rows = std::min(extent, in.h);
  result.footprint_bytes = result.weight_bytes +
                           result.ring_rows * result.ring_channels * in.w * types.activation_bytes +
                           block_channels * out.w * types.activation_bytes;
  return result;
}

}  // namespace fusesim
