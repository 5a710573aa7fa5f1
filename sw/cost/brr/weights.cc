#include "brr/weights.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

/// How many of `total` elements come before part `end` of `count` equal ones.
int64_t share(int64_t total, int64_t end, int64_t count) { return ceil_div(end * total, count); }

}  // namespace

int64_t weight_part_bytes(const Graph& graph, const Op& op, const Datatypes& types,
                          const ChannelSpan& outputs, const ChannelSpan& inputs, bool biased) {
  const int64_t channels = graph.out_shape(op).c;
  int64_t bytes = 0;
  if (is_convolution(op)) {
    const int64_t depth = graph.in_shape(op).c / op.groups;
    const int64_t row = op.weights / channels;
    bytes = outputs.size() *
            weight_row_bytes(op, share(row, inputs.first, depth), share(row, inputs.end, depth), types);
  } else if (op.weight_rows == channels) {
    bytes = outputs.size() * weight_row_bytes(op, 0, op.weights / channels, types);
  } else {
    bytes = weight_row_bytes(op, share(op.weights, outputs.first, channels),
                             share(op.weights, outputs.end, channels), types);
  }
  if (!biased) return bytes;
  return bytes +
         bias_bytes(op, share(op.biases, outputs.end, channels) - share(op.biases, outputs.first, channels),
                    types);
}

int64_t weight_sub_group_bytes(const Graph& graph, const Op& op, const Datatypes& types, int64_t pe_rows,
                               int64_t g) {
  if (op.weights == 0 && op.biases == 0) return 0;
  if (op_facts(op).mixes_channels()) return weight_bytes(op, types);
  const ChannelSpan outputs{0, std::min(g, graph.out_shape(op).c)};
  const ChannelSpan inputs{0, std::min(pe_rows, graph.in_shape(op).c / op.groups)};
  return weight_part_bytes(graph, op, types, outputs, inputs, true);
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
  const int64_t block_bytes =
      weight_part_bytes(graph, op, types, {0, block_channels}, {0, in.c / op.groups}, true);
  result.weight_bytes = streamed_weight_bytes(block_bytes, weight_bytes(op, types), double_buffer);
  result.ring_rows = std::min(extent, in.h);
  const int64_t in_piece = piece_bytes(graph.tensor(op.inputs.front()), in.w, types);
  const int64_t out_piece = piece_bytes(graph.tensor(op.output()), out.w, types);
  result.footprint_bytes =
      result.weight_bytes + result.ring_rows * result.ring_channels * in_piece + block_channels * out_piece;
  return result;
}

}  // namespace fusesim
