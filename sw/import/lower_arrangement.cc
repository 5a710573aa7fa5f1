#include <algorithm>
#include <set>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

bool is_zero(const Dims& values) {
  return std::all_of(values.begin(), values.end(), [](int64_t v) { return v == 0; });
}

/// The same elements in the same order, and the same (C,H,W) if both are maps.
bool is_same_map(const DraftValue& in, const Dims& out) {
  if (in.dims == out) return true;
  return in.map && is_map(out) && in.shape == shape_of_map(out);
}

/// Reshape, Flatten, Squeeze, Unsqueeze: elements keep their order. A view of a view is one of the first map.
bool lower_view(Lowering& node) {
  const int input = node.data_input(0);
  const Dims& out = node.output_type().dims;
  if (is_same_map(node.data_value(0), out)) {
    node.rename(input);
    return true;
  }
  const int producer = node.data_value(0).producer;
  DraftOp draft = node.make_op(OpKind::opaque, {0});
  if (producer >= 0 && node.draft().op(producer).role == DraftRole::view) {
    DraftOp& earlier = node.draft().op(producer);
    const int source = earlier.op.inputs[0];
    earlier.folded = true;
    if (is_same_map(node.draft().value(source), out)) {
      node.rename(source, earlier.nodes);
      return true;
    }
    draft.op.inputs = {source};
    draft.first = earlier.first;
    draft.nodes.insert(draft.nodes.begin(), earlier.nodes.begin(), earlier.nodes.end());
  }
  draft.role = DraftRole::view;
  node.emit(std::move(draft));
  return true;
}

bool lower_pad(Lowering& node) {
  const PadOperands pads = pad_operands(node.view());
  if (node.view().dims().size() != 4 || !node.only_maps()) return false;
  const bool spatial = is_zero({pads.begin[0], pads.begin[1], pads.end[0], pads.end[1]});
  const int64_t least = std::min({pads.begin[2], pads.begin[3], pads.end[2], pads.end[3]});
  const bool constant = pads.mode == "constant";
  if (!spatial || !(constant || (least >= 0 && (pads.mode == "reflect" || pads.mode == "edge"))))
    return false;
  emit_pad(node, pads, 2, 3);
  return true;
}

/// Every step-th of [begin, ...), `count` of them, along H and W of a map.
void set_crop(Window& w, const Shape& in, const SliceOperands& slice) {
  w.stride_h = slice.step[2];
  w.stride_w = slice.step[3];
  w.pad_top = -slice.start[2];
  w.pad_left = -slice.start[3];
  w.pad_bottom = slice.start[2] + slice.step[2] * (slice.count[2] - 1) + 1 - in.h;
  w.pad_right = slice.start[3] + slice.step[3] * (slice.count[3] - 1) + 1 - in.w;
}

/// Rows and columns in order.
bool lower_crop(Lowering& node, const SliceOperands& slice) {
  if (std::min(slice.step[2], slice.step[3]) < 1 || std::min(slice.count[2], slice.count[3]) < 1)
    return false;
  DraftOp draft = node.make_op(OpKind::crop, {0});
  set_crop(draft.op.window, node.data_value(0).shape, slice);
  node.emit(std::move(draft));
  return true;
}

bool lower_slice(Lowering& node) {
  const SliceOperands slice = slice_operands(node.view());
  const Dims& in = node.view().dims();
  const bool forward = std::all_of(slice.step.begin(), slice.step.end(), [](int64_t s) { return s == 1; });
  if (slice.count == in && forward) {
    node.rename(node.data_input(0));
    return true;
  }
  if (!node.only_maps() || in.size() < 2) return false;
  const auto is_whole = [&](size_t axis) { return slice.count[axis] == in[axis] && slice.step[axis] == 1; };
  if (in.size() == 4 && is_whole(1)) return lower_crop(node, slice);
  if (slice.step[1] != 1 || slice.count[1] < 1) return false;
  DraftOp channels = node.make_op(OpKind::channel_slice, {0});
  channels.op.channel_begin = slice.start[1];
  if (std::all_of(in.begin() + 2, in.end(),
                  [&](const int64_t& d) { return is_whole(static_cast<size_t>(&d - in.data())); })) {
    node.emit(std::move(channels));
    return true;
  }
  if (std::min(slice.step[2], slice.step[3]) < 1 || std::min(slice.count[2], slice.count[3]) < 1)
    return false;
  // Channels first, then rows and columns of them.
  const Shape map = node.data_value(0).shape;
  channels.op.name += "/channels";
  const int part = node.emit_inner(std::move(channels), Shape{slice.count[1], map.h, map.w});
  DraftOp crop = node.make_op(OpKind::crop, {});
  crop.op.inputs = {part};
  set_crop(crop.op.window, map, slice);
  node.emit(std::move(crop));
  return true;
}

bool lower_concat(Lowering& node) {
  if (!node.only_maps()) return false;
  const size_t rank = node.output_type().dims.size();
  if (normalized_axis(node.view().integer("axis", 1), rank) != 1) return false;
  std::vector<size_t> operands;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i)) return false;
    operands.push_back(i);
  }
  node.emit(node.make_op(OpKind::concat, operands));
  return true;
}

bool lower_resize(Lowering& node) {
  const ResizeOperands operands = resize_operands(node.view());
  if (!node.only_maps() || !operands.kind) return false;
  DraftOp draft = node.make_op(OpKind::resize, {0});
  draft.op.resize = *operands.kind;
  node.emit(std::move(draft));
  return true;
}

bool lower_dropout(Lowering& node) {
  if (!is_idle_dropout(node)) return false;
  node.rename(node.data_input(0));
  return true;
}

/// A permutation that moves no element.
bool lower_transpose(Lowering& node) {
  const DraftValue& in = node.data_value(0);
  const Dims permutation = node.view().integer_list("perm");
  const bool ordered = !permutation.empty() && std::is_sorted(permutation.begin(), permutation.end());
  const bool vector =
      in.map && in.shape.h == 1 && in.shape.w == 1 && is_same_map(in, node.output_type().dims);
  if (!ordered && !vector) {
    DraftOp draft = node.make_op(OpKind::opaque, {0});
    draft.role = DraftRole::transposition;
    draft.permutation = permutation;
    if (permutation.empty()) {
      for (size_t axis = in.dims.size(); axis-- > 0;) draft.permutation.push_back(static_cast<int64_t>(axis));
    }
    node.emit(std::move(draft));
    return true;
  }
  node.rename(node.data_input(0));
  return true;
}

}  // namespace

bool is_idle_dropout(const Lowering& node) {
  if (!node.view().has_input(2)) return true;
  const std::optional<double> training = node.view().scalar(2);
  const std::optional<double> ratio = node.view().has_input(1) ? node.view().scalar(1) : 0.5;
  return (training && *training == 0) || (ratio && *ratio == 0);
}

void emit_pad(Lowering& node, const PadOperands& pads, std::optional<size_t> rows,
              std::optional<size_t> columns) {
  Window padding;
  if (rows) {
    padding.pad_top = pads.begin[*rows];
    padding.pad_bottom = pads.end[*rows];
  }
  if (columns) {
    padding.pad_left = pads.begin[*columns];
    padding.pad_right = pads.end[*columns];
  }
  const int64_t least = std::min({padding.pad_top, padding.pad_left, padding.pad_bottom, padding.pad_right});
  DraftOp draft = node.make_op(least < 0 ? OpKind::crop : OpKind::opaque, {0});
  if (least < 0) {
    draft.op.window = padding;
  } else {
    draft.role = DraftRole::pad;
    draft.padding = padding;
    draft.pad_mode = pads.mode;
    if (pads.mode == "constant") draft.pad_value = pads.value;
  }
  node.emit(std::move(draft));
}

/// One channel slice, or crop of rows or columns, per output.
bool lower_split(Lowering& node) {
  if (node.view().type() != "Split" || !node.is_data(0)) return false;
  const SplitOperands split = split_operands(node.view());
  if (!node.only_maps() || split.axis == 0) return false;
  if (split.sizes.size() == 1) {
    node.rename(node.data_input(0));
    return true;
  }
  int64_t begin = 0;
  for (size_t i = 0; i < split.sizes.size(); ++i) {
    if (node.is_read(i)) {
      DraftOp draft = node.make_op(split.axis == 1 ? OpKind::channel_slice : OpKind::crop, {0});
      draft.op.name += "[" + std::to_string(i) + "]";
      if (split.axis == 1) {
        draft.op.channel_begin = begin;
      } else {
        SliceOperands part{{0, 0, 0, 0}, {1, 1, 1, 1}, node.view().dims()};
        part.start[split.axis] = begin;
        part.count[split.axis] = split.sizes[i];
        set_crop(draft.op.window, node.data_value(0).shape, part);
      }
      node.emit(std::move(draft), i);
    }
    begin += split.sizes[i];
  }
  return true;
}

bool lower_arrangement(Lowering& node) {
  static const std::set<std::string> views{"Reshape", "Flatten", "Squeeze", "Unsqueeze"};
  if (!node.is_data(0)) return false;
  const std::string type = node.view().type();
  if (type == "Identity") {
    node.rename(node.data_input(0));
    return true;
  }
  if (views.count(type) != 0) return lower_view(node);
  if (type == "Pad") return lower_pad(node);
  if (type == "Slice") return lower_slice(node);
  if (type == "Concat") return lower_concat(node);
  if (type == "Resize" || type == "Upsample") return lower_resize(node);
  if (type == "Dropout") return lower_dropout(node);
  return type == "Transpose" && lower_transpose(node);
}

}  // namespace fusesim::importer
