#include <algorithm>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

/// Of one dimension: a window along W of height 1.
Window to_window(const SpatialWindow& w) {
  Window window;
  const size_t last = w.kernel.size() - 1;
  window.kernel_w = w.kernel[last];
  window.stride_w = w.stride[last];
  window.dilation_w = w.dilation[last];
  window.pad_left = w.pad_begin[last];
  window.pad_right = w.pad_end[last];
  window.output_pad_w = w.output_pad[last];
  if (last == 0) return window;
  window.kernel_h = w.kernel[0];
  window.stride_h = w.stride[0];
  window.dilation_h = w.dilation[0];
  window.pad_top = w.pad_begin[0];
  window.pad_bottom = w.pad_end[0];
  window.output_pad_h = w.output_pad[0];
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
  draft.op.biases = bias ? node.output_type().dims[1] : 0;
  node.emit(std::move(draft));
  return true;
}

bool lower_pool(Lowering& node, OpKind kind) {
  const Window w = to_window(pool_window(node.view()));
  const Shape in = node.data_value(0).shape;
  const Shape out = shape_of_map(node.output_type().dims);
  const int64_t pads = std::max({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
  const bool dense = w.dilation_h == 1 && w.dilation_w == 1 && pads == 0;
  if (dense && w.kernel_h == in.h && w.kernel_w == in.w && out.h == 1 && out.w == 1 && in.h * in.w > 1) {
    node.emit(
        node.make_op(kind == OpKind::max_pool ? OpKind::global_max_pool : OpKind::global_avg_pool, {0}));
    return true;
  }
  DraftOp draft = node.make_op(kind, {0});
  draft.op.window = w;
  draft.op.count_include_pad = kind == OpKind::avg_pool && node.view().integer("count_include_pad", 0) != 0;
  node.emit(std::move(draft));
  return true;
}

/// DepthToSpace and SpaceToDepth.
bool lower_blocks(Lowering& node, OpKind kind) {
  const bool innermost = kind == OpKind::depth_to_space && node.view().text("mode", "DCR") == "CRD";
  node.emit(with_blocks(node.make_op(kind, {0}), {node.view().integer("blocksize", 0), innermost}));
  return true;
}

}  // namespace

DraftOp with_blocks(DraftOp draft, const Block& block) {
  draft.op.block = block;
  if (draft.op.kind == OpKind::depth_to_space) {
    draft.op.resize = {ResizeMode::nearest, ResizeCoordinates::asymmetric, ResizeRounding::floor};
  } else {
    Window& w = draft.op.window;
    w.kernel_h = w.kernel_w = w.stride_h = w.stride_w = block.size;
  }
  return draft;
}

bool lower_window_op(Lowering& node) {
  if (!node.is_data(0) || node.view().dims().size() < 3 || node.view().dims().size() > 4) return false;
  const std::string type = node.view().type();
  if (type == "Conv") return lower_convolution(node, OpKind::conv);
  if (type == "ConvTranspose") return lower_convolution(node, OpKind::conv_transpose);
  if (type == "MaxPool") return lower_pool(node, OpKind::max_pool);
  if (type == "AveragePool" || type == "LpPool") return lower_pool(node, OpKind::avg_pool);
  if (type == "DepthToSpace") return lower_blocks(node, OpKind::depth_to_space);
  if (type == "SpaceToDepth") return lower_blocks(node, OpKind::space_to_depth);
  if (type != "GlobalAveragePool" && type != "GlobalMaxPool" && type != "GlobalLpPool") return false;
  node.emit(node.make_op(type == "GlobalMaxPool" ? OpKind::global_max_pool : OpKind::global_avg_pool, {0}));
  return true;
}

}  // namespace fusesim::importer
