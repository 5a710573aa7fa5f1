#pragma once

#include <optional>

#include "fusesim/graph/graph.h"
#include "node_view.h"

namespace fusesim::importer {

// What an operator says through attributes in one opset and through inputs in another, in one form. All
// functions throw Error on values that contradict the input's shape.

/// Window over the spatial dimensions (all after the first two) with explicit pads, and the output's spatial
/// sizes.
struct SpatialWindow {
  Dims kernel, stride, dilation, pad_begin, pad_end, output_pad, out;
};
SpatialWindow conv_window(const NodeView& node);
SpatialWindow conv_transpose_window(const NodeView& node);
SpatialWindow pool_window(const NodeView& node);
/// MaxUnpool without an output shape.
SpatialWindow unpool_window(const NodeView& node);

/// Per axis of the input.
struct PadOperands {
  Dims begin, end;
  std::string mode;
  std::optional<double> value;  ///< empty if not known
};
PadOperands pad_operands(const NodeView& node);

/// Per axis of the input: elements [start, start + step*count).
struct SliceOperands {
  Dims start, step, count;
};
SliceOperands slice_operands(const NodeView& node);

/// One element along one axis of the input, which is left out: Gather with one known index.
struct PickOperands {
  size_t axis = 0;
  int64_t index = 0;
  bool keeps_axis = false;  ///< a list of one index
};
/// Empty where Gather takes several elements, or which one is not known.
std::optional<PickOperands> pick_operands(const NodeView& node);

struct SplitOperands {
  size_t axis = 0;
  Dims sizes;
};
SplitOperands split_operands(const NodeView& node);

/// Axes of Squeeze, Unsqueeze and Reduce*: from an attribute or the input behind the data; empty if not
/// given.
Dims axes_operand(const NodeView& node, size_t slot);

/// Output shape of Reshape.
Dims reshape_target(const NodeView& node);

/// Resize and Upsample. `kind` is empty for modes that OpKind::resize does not cover.
struct ResizeOperands {
  Dims out;
  std::optional<Resize> kind;
};
ResizeOperands resize_operands(const NodeView& node);

}  // namespace fusesim::importer
