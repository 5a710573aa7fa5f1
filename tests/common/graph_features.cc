#include <algorithm>
#include <set>

#include "fusesim/graph/op_facts.h"
#include "fusesim/testing/random_graph.h"

namespace fusesim::testing {
namespace {

using Counts = std::map<std::string, int64_t>;

void count_window(const Op& op, const Shape& in, const Shape& out, Counts& counts) {
  const Window& w = op.window;
  const std::string kind = to_string(op.kind);
  const int64_t span = (w.kernel_h - 1) * w.dilation_h + 1;
  const auto count = [&](bool holds, const char* feature) { counts[kind + "." + feature] += holds ? 1 : 0; };
  count(w.stride_h > 1, "strided");
  if (op.kind != OpKind::conv_transpose) count(w.stride_h > span, "skips_rows");
  count(w.dilation_h > 1, "dilated");
  count(w.pad_top != w.pad_bottom, "asymmetric_pads");
  count(span > in.h, "kernel_larger_than_map");
  if (op.kind == OpKind::conv_transpose) {
    count(span < w.stride_h, "rows_without_source");
    count(w.pad_top > 0 || w.pad_bottom > 0, "cropped");
    return;
  }
  const int64_t last = (out.h - 1) * w.stride_h - w.pad_top;
  count(last + span < in.h, "unread_last_row");
  if (op.kind == OpKind::conv) {
    count(w.kernel_h == 1 && w.kernel_w == 1, "1x1");
    count(w.pad_top >= span || last >= in.h, "padding_only_row");
    return;
  }
  count(last + span > in.h + w.pad_bottom, "ceil_mode");
  if (op.kind == OpKind::avg_pool) count(op.count_include_pad, "count_include_pad");
}

void count_convolution(const Graph& graph, const Op& op, Counts& counts) {
  const int64_t c_in = graph.in_shape(op).c;
  const int64_t c_out = graph.out_shape(op).c;
  const std::string kind = to_string(op.kind);
  const bool depthwise = op.groups == c_in;
  counts[kind + ".depthwise_x1"] += depthwise && c_out == c_in && c_in > 1 ? 1 : 0;
  counts[kind + ".depthwise_x2"] += depthwise && c_out == 2 * c_in && c_in > 1 ? 1 : 0;
  counts[kind + ".grouped"] += op.groups > 1 && !depthwise ? 1 : 0;
  counts[kind + ".no_bias"] += op.biases == 0 ? 1 : 0;
  counts[kind + ".several_weight_subgroups"] += c_in / op.groups > 32 ? 1 : 0;
}

void count_eltwise(const Graph& graph, const Op& op, Counts& counts) {
  const Shape& out = graph.out_shape(op);
  bool full = false;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const Shape& in = graph.in_shape(op, i);
    full = full || in == out;
    counts["eltwise.row_broadcast"] += in.h < out.h ? 1 : 0;
    counts["eltwise.channel_broadcast"] += in.c < out.c ? 1 : 0;
  }
  counts["eltwise.outer_product"] += full ? 0 : 1;
  counts["eltwise.three_operands"] += op.inputs.size() > 2 ? 1 : 0;
  counts[std::string("eltwise.") + to_string(op.eltwise)] += 1;
}

void count_op(const Graph& graph, const Op& op, Counts& counts) {
  const std::string kind = to_string(op.kind);
  counts[kind] += 1;
  const OpFacts facts = op_facts(op);
  if (is_convolution(op)) count_convolution(graph, op, counts);
  switch (facts.rows) {
    case RowUse::window:
    case RowUse::transposed:
      if (op.kind == OpKind::space_to_depth) break;
      if (op.kind == OpKind::crop) {
        counts["crop.cuts"] += op.window.pad_top < 0 ? 1 : 0;
        counts["crop.border"] += op.window.pad_top > 0 ? 1 : 0;
        counts["crop.strided"] += op.window.stride_h > 1 ? 1 : 0;
        break;
      }
      count_window(op, graph.in_shape(op), graph.out_shape(op), counts);
      break;
    case RowUse::resized:
      if (op.kind == OpKind::depth_to_space) break;
      counts["resize.coordinates" + std::to_string(int(op.resize.coordinates))] += 1;
      counts[op.resize.mode == ResizeMode::linear
                 ? "resize.linear"
                 : "resize.nearest" + std::to_string(int(op.resize.rounding))] += 1;
      counts["resize.up"] += graph.out_shape(op).h > graph.in_shape(op).h ? 1 : 0;
      counts["resize.down"] += graph.out_shape(op).h < graph.in_shape(op).h ? 1 : 0;
      break;
    case RowUse::own:
      if (facts.channels == ChannelUse::broadcast) count_eltwise(graph, op, counts);
      if (!facts.weighted) break;
      counts[kind + ".weights"] += op.weights > 0 ? 1 : 0;
      counts[kind + ".biases"] += op.biases > 0 ? 1 : 0;
      break;
    case RowUse::pooled:
    case RowUse::whole:
      break;
  }
}

}  // namespace

void count_features(const Graph& graph, Counts& counts) {
  for (const Op& op : graph.ops) {
    count_op(graph, op, counts);
    counts["op.shares_parameters"] += op.parameters_of >= 0 ? 1 : 0;
    const std::set<TensorId> distinct(op.inputs.begin(), op.inputs.end());
    counts["tensor.read_twice_by_one_op"] += distinct.size() < op.inputs.size() ? 1 : 0;
  }
  counts["graph.several_inputs"] += graph.inputs.size() > 1 ? 1 : 0;
  counts["graph.several_outputs"] += graph.outputs.size() > 1 ? 1 : 0;
  for (const Tensor& t : graph.tensors) {
    counts["tensor.output_also_read"] += t.graph_output && !t.consumers.empty() ? 1 : 0;
    counts["tensor.several_readers"] += t.consumers.size() > 1 ? 1 : 0;
    counts["tensor.one_row"] += t.shape.h == 1 ? 1 : 0;
    counts["tensor.odd_height"] += t.shape.h % 2 == 1 && t.shape.h > 1 ? 1 : 0;
    counts["tensor.over_32_channels"] += t.shape.c > 32 ? 1 : 0;
    counts["tensor.channels_not_multiple_of_8"] += t.shape.c % 8 != 0 ? 1 : 0;
  }
}

}  // namespace fusesim::testing
