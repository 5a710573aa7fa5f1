#include <algorithm>
#include <string>

#include "lower.h"
#include "operands.h"

namespace fusesim::importer {
namespace {

/// The only dimension that runs over an axis.
std::optional<size_t> dimension_of(const Axes& axes, const char* axis) {
  const auto found = std::find(axes.begin(), axes.end(), axis);
  if (found == axes.end()) return std::nullopt;
  return static_cast<size_t>(found - axes.begin());
}

bool lower_border(Lowering& node) {
  const auto in = node.arrangement(0);
  const PadOperands pads = pad_operands(node.view());
  const bool mirrored = pads.mode == "reflect" || pads.mode == "edge";
  if (!in || !(mirrored || pads.mode == "constant")) return false;
  const std::optional<size_t> rows = dimension_of(in->axes, "H");
  const std::optional<size_t> columns = dimension_of(in->axes, "W");
  for (size_t i = 0; i < in->axes.size(); ++i) {
    const bool spatial = i == rows || i == columns;
    if (mirrored && std::min(pads.begin[i], pads.end[i]) < 0) return false;
    if (!spatial && (pads.begin[i] != 0 || pads.end[i] != 0)) return false;
  }
  Arrangement out = *in;
  if (rows) out.shape.h = node.output_type().dims[*rows];
  if (columns) out.shape.w = node.output_type().dims[*columns];
  node.work_on_maps(out);
  emit_pad(node, pads, rows, columns);
  return true;
}

/// Channels one after another.
bool lower_stack(Lowering& node) {
  const auto first = node.is_data(0) ? node.arrangement(0) : std::nullopt;
  if (!first) return false;
  const size_t axis = normalized_axis(node.view().integer("axis", 1), first->axes.size());
  Arrangement out = *first;
  out.axes[axis] = "C";
  Axes others = first->axes;
  others[axis].clear();
  if (first->axes[axis] != axis_name(first->shape, 'C')) return false;
  if (order_of(others).find('C') != std::string::npos) return false;
  out.shape.c = 0;
  std::vector<int> maps;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i)) return false;
    maps.push_back(node.arranged(i, out.axes));
    if (maps.back() < 0) return false;
    out.shape.c += node.view().dims(i)[axis];
  }
  DraftOp draft = node.make_op(OpKind::concat, {});
  for (size_t i = 0; i < maps.size(); ++i) node.read(draft, i, maps[i]);
  node.work_on_maps(out);
  node.emit(std::move(draft));
  return true;
}

/// Parts of the channels, one op each.
bool lower_parts(Lowering& node) {
  const auto in = node.arrangement(0);
  const SplitOperands split = split_operands(node.view());
  if (!in || in->axes[split.axis] != "C") return false;
  int64_t begin = 0;
  for (size_t i = 0; i < split.sizes.size(); ++i) {
    if (node.is_read(i)) {
      Arrangement out = *in;
      out.shape.c = split.sizes[i];
      out.axes[split.axis] = axis_name(out.shape, 'C');
      node.work_on_maps(out);
      DraftOp draft = node.make_op(OpKind::channel_slice, {0});
      draft.op.name += "[" + std::to_string(i) + "]";
      draft.op.channel_begin = begin;
      node.emit(std::move(draft), i);
    }
    begin += split.sizes[i];
  }
  return true;
}

/// A part of the channels, or of rows and columns.
bool emit_part(Lowering& node, const Arrangement& in, const SliceOperands& slice, Arrangement out) {
  Op kind;
  Window& w = kind.window;
  bool crops = false;
  bool takes_channels = false;
  for (size_t i = 0; i < in.axes.size(); ++i) {
    if (slice.count[i] == node.view().dims()[i] && slice.step[i] == 1) continue;
    const int64_t last = slice.start[i] + slice.step[i] * (slice.count[i] - 1) + 1;
    if (in.axes[i].size() != 1 || slice.step[i] < 1 || slice.count[i] < 1) return false;
    if (in.axes[i] == "C") {
      takes_channels = slice.step[i] == 1;
      if (!takes_channels) return false;
      kind.channel_begin = slice.start[i];
      out.shape.c = slice.count[i];
      continue;
    }
    crops = true;
    const bool rows = in.axes[i] == "H";
    (rows ? w.stride_h : w.stride_w) = slice.step[i];
    (rows ? w.pad_top : w.pad_left) = -slice.start[i];
    (rows ? w.pad_bottom : w.pad_right) = last - (rows ? in.shape.h : in.shape.w);
    (rows ? out.shape.h : out.shape.w) = slice.count[i];
  }
  if (crops == takes_channels) return false;
  node.work_on_maps(out);
  DraftOp draft = node.make_op(crops ? OpKind::crop : OpKind::channel_slice, {0});
  draft.op.window = w;
  draft.op.channel_begin = kind.channel_begin;
  node.emit(std::move(draft));
  return true;
}

/// Axes of which one element is left have no name.
void forget_single(Arrangement& out, const Dims& counts) {
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 1) out.axes[i].clear();
  }
}

bool lower_part(Lowering& node) {
  const auto in = node.arrangement(0);
  if (!in) return false;
  const SliceOperands slice = slice_operands(node.view());
  if (slice.count == node.view().dims() &&
      std::all_of(slice.step.begin(), slice.step.end(), [](int64_t s) { return s == 1; })) {
    node.rename_map(in->axes);
    return true;
  }
  Arrangement out = *in;
  forget_single(out, slice.count);
  return emit_part(node, *in, slice, out);
}

/// One element of an axis, such as the first of several tokens.
bool lower_pick(Lowering& node) {
  const auto in = node.arrangement(0);
  const std::optional<PickOperands> pick = pick_operands(node.view());
  if (!in || !pick) return false;
  const size_t rank = in->axes.size();
  SliceOperands slice{Dims(rank, 0), Dims(rank, 1), node.view().dims()};
  slice.start[pick->axis] = pick->index;
  slice.count[pick->axis] = 1;
  Arrangement out = *in;
  forget_single(out, slice.count);
  if (!pick->keeps_axis) out.axes.erase(out.axes.begin() + static_cast<std::ptrdiff_t>(pick->axis));
  return emit_part(node, *in, slice, out);
}

/// Rows or columns one after another, as a cyclic shift puts them: one pass over the map.
bool lower_joined(Lowering& node) {
  const auto first = node.is_data(0) ? node.arrangement(0) : std::nullopt;
  if (!first) return false;
  const size_t axis = normalized_axis(node.view().integer("axis", 1), first->axes.size());
  if (first->axes[axis] != "H" && first->axes[axis] != "W") return false;
  int64_t total = 0;
  std::vector<int> maps;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (!node.is_data(i)) return false;
    maps.push_back(node.arranged(i, first->axes));
    if (maps.back() < 0) return false;
    total += node.view().dims(i)[axis];
  }
  Arrangement out = *first;
  (first->axes[axis] == "H" ? out.shape.h : out.shape.w) = total;
  DraftOp draft = node.make_op(OpKind::opaque, {});
  for (size_t i = 0; i < maps.size(); ++i) node.read(draft, i, maps[i]);
  node.work_on_maps(out);
  node.emit(std::move(draft));
  return true;
}

}  // namespace

bool lower_parts_of_map(Lowering& node) {
  const std::string type = node.view().type();
  if (type == "Split") return lower_parts(node);
  if (type == "Concat") return lower_stack(node) || lower_joined(node);
  if (type == "Pad") return lower_border(node);
  if (type == "Slice") return lower_part(node);
  return lower_pick(node);
}

}  // namespace fusesim::importer
