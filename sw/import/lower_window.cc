#include <algorithm>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

Window to_window(const SpatialWindow& w) {
  Window window;
  window.kernel_h = w.kernel[0];
  window.kernel_w = w.kernel[1];
  window.stride_h = w.stride[0];
  window.stride_w = w.stride[1];
  window.dilation_h = w.dilation[0];
  window.dilation_w = w.dilation[1];
  window.pad_top = w.pad_begin[0];
  window.pad_left = w.pad_begin[1];
  window.pad_bottom = w.pad_end[0];
  window.pad_right = w.pad_end[1];
  window.output_pad_h = w.output_pad[0];
  window.output_pad_w = w.output_pad[1];
  return window;
}

bool lower_convolution(Lowering& node, OpKind kind) {
  const bool bias = node.view().has_input(2);
  if (!node.is_constant(1) || (bias && !node.is_constant(2))) return false;
  DraftOp draft = node.make_op(kind, {0});
  draft.op.window =
      to_window(kind == OpKind::conv ? conv_window(node.view()) : conv_transpose_window(node.view()));
  draft.op.groups = node.view().integer("group", 1);
  draft.op.weights = node.elements(1);
  draft.op.biases = bias ? shape_of_map(node.output_type().dims).c : 0;
  node.emit(std::move(draft));
  return true;
}

bool lower_pool(Lowering& node, OpKind kind) {
  DraftOp draft = node.make_op(kind, {0});
  draft.op.window = to_window(pool_window(node.view()));
  draft.op.count_include_pad = kind == OpKind::avg_pool && node.view().integer("count_include_pad", 0) != 0;
  node.emit(std::move(draft));
  return true;
}

bool lower_global_max(Lowering& node) {
  DraftOp draft = node.make_op(OpKind::max_pool, {0});
  const Shape in = node.data_value(0).shape;
  draft.op.window.kernel_h = in.h;
  draft.op.window.kernel_w = in.w;
  node.emit(std::move(draft));
  return true;
}

/// The mean over exactly H and W, with or without keeping the dimensions.
bool lower_mean(Lowering& node) {
  const Dims& in = node.view().dims();
  if (in.size() != 4) return false;
  Dims axes = axes_operand(node.view(), 1);
  for (int64_t& axis : axes) axis = static_cast<int64_t>(normalized_axis(axis, in.size()));
  std::sort(axes.begin(), axes.end());
  if (axes != Dims{2, 3}) return false;
  node.emit(node.make_op(OpKind::global_avg_pool, {0}));
  return true;
}

}  // namespace

bool lower_window_op(Lowering& node) {
  if (!node.is_data(0) || node.view().dims().size() != 4) return false;
  const std::string type = node.view().type();
  if (type == "Conv") return lower_convolution(node, OpKind::conv);
  if (type == "ConvTranspose") return lower_convolution(node, OpKind::conv_transpose);
  if (type == "MaxPool") return lower_pool(node, OpKind::max_pool);
  if (type == "AveragePool") return lower_pool(node, OpKind::avg_pool);
  if (type == "GlobalMaxPool") return lower_global_max(node);
  if (type == "ReduceMean") return lower_mean(node);
  if (type != "GlobalAveragePool") return false;
  node.emit(node.make_op(OpKind::global_avg_pool, {0}));
  return true;
}

}  // namespace fusesim::importer
