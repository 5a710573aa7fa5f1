#include <algorithm>

#include "layout_follower.h"

namespace fusesim::importer {
namespace {

constexpr int kC = 0;
constexpr int kH = 1;
constexpr int kW = 2;

/// The last dimension has to be the innermost channels.
bool normalise_channels(DraftOp& op, const Layout& layout, const Shape& map) {
  const std::vector<Factor>& last = layout.dim(layout.rank() - 1);
  if (last.size() != 1 || last[0].axis != kC || last[0].step != 1) return false;
  op.op.kind = OpKind::norm;
  op.op.groups = map.c / last[0].count;
  op.op.activations.clear();
  return true;
}

/// Of a constant that stands against a view: it differs by channel alone.
bool is_of_channels(const Dims& constant, const Layout& layout) {
  for (size_t d = 0; d < layout.rank(); ++d) {
    for (const Factor& f : layout.dim(d)) {
      if (constant[d] != 1 && f.axis != kC) return false;
    }
  }
  return true;
}

/// The channels of what looks like a map are those of the map that it is a view of.
bool channels_are_second(const Layout& layout, const Shape& map) {
  return layout.rank() > 1 && covers(layout.dim(1), map, {kC});
}

std::vector<std::vector<Factor>> dims_of(const Layout& layout) {
  std::vector<std::vector<Factor>> dims;
  for (size_t d = 0; d < layout.rank(); ++d) dims.push_back(layout.dim(d));
  return dims;
}

/// How many channels a view has, if they lie side by side; else 0.
int64_t adjoining_channels(const Layout& layout) {
  std::vector<Factor> channels;
  for (size_t d = 0; d < layout.rank(); ++d) {
    for (const Factor& f : layout.dim(d)) {
      if (f.axis == kC) channels.push_back(f);
    }
  }
  std::sort(channels.begin(), channels.end(),
            [](const Factor& a, const Factor& b) { return a.step < b.step; });
  int64_t count = 1;
  for (const Factor& f : channels) {
    if (f.step != count) return 0;
    count *= f.count;
  }
  return count;
}

/// The one axis of rows or columns that a dimension is a part of, from its beginning in steps of one; else
/// none.
std::optional<Factor> part_of_axis(const Layout& layout, size_t dim) {
  const std::vector<Factor>& factors = layout.dim(dim);
  if (factors.size() != 1 || factors[0].axis == kC || factors[0].step != 1) return std::nullopt;
  return factors[0];
}

/// Rows or columns [begin, begin + count) of a map.
Op crop_of(const Shape& map, int axis, int64_t begin, int64_t count) {
  Op op;
  op.kind = OpKind::crop;
  Window& w = op.window;
  (axis == kH ? w.pad_top : w.pad_left) = -begin;
  (axis == kH ? w.pad_bottom : w.pad_right) = begin + count - (axis == kH ? map.h : map.w);
  return op;
}

int64_t& side(Shape& shape, int axis) { return axis == kH ? shape.h : shape.w; }

const char* type_of(OpKind kind) {
  if (kind == OpKind::moments) return "InstanceNormalization";
  return kind == OpKind::channel_slice || kind == OpKind::crop ? "Slice" : "Transpose";
}

}  // namespace

bool is_permutation(const Layout& layout, const Shape& map) {
  int64_t elements = 1;
  for (size_t d = 0; d < layout.rank(); ++d) elements *= count_of(layout.dim(d));
  return elements == map.elements();
}

void LayoutFollower::made_of(int i, const Shape& shape, const Layout& layout) {
  const int out = draft_.op(i).op.output();
  DraftValue map;
  map.name = draft_.value(out).name;
  map.bits = draft_.value(out).bits;
  map.dims = {1, shape.c, shape.h, shape.w};
  map.map = true;
  map.shape = shape;
  map.producer = i;
  const int id = static_cast<int>(draft_.values.size());
  draft_.values.push_back(std::move(map));
  draft_.op(i).op.outputs = {id};
  draft_.value(out).producer = -1;
  view(out) = View{id, layout, {}};
}

int LayoutFollower::add_op(const Op& kind, int input, const Shape& shape, const View& of, int reader,
                           const char* suffix) {
  DraftOp made;
  made.op = kind;
  const DraftOp& product = draft_.op(reader);
  made.op.name = product.op.name + suffix;
  made.op.onnx_type = type_of(kind.kind);
  made.op.inputs = {input};
  made.nodes = of.nodes;
  made.folded = true;
  if (of.nodes.empty()) made.nodes.push_back({product.main, product.op.name});
  // In front of its reader, also where that is the node that it is part of.
  const int position = made.nodes.front().position;
  made.first = std::min(position, product.first);
  made.main = position < product.main ? position : product.main - 1;
  DraftValue value;
  value.name = made.op.name;
  value.bits = draft_.value(input).bits;
  value.shape = shape;
  value.dims = {1, shape.c, shape.h, shape.w};
  value.map = true;
  const int id = static_cast<int>(draft_.values.size());
  draft_.values.push_back(std::move(value));
  made.op.outputs = {id};
  draft_.add(std::move(made));
  return id;
}

void LayoutFollower::read_maps(int i, const std::vector<int>& maps) {
  const std::vector<int> before = draft_.op(i).op.inputs;
  for (size_t slot = 0; slot < maps.size(); ++slot) draft_.replace_input(i, slot, maps[slot]);
  for (const int v : before) fold_above(v, view(v) ? view(v)->base : v);
}

std::optional<View> LayoutFollower::whole_view(const View& of, int reader) {
  Shape shape = draft_.value(of.base).shape;
  if (is_permutation(of.layout, shape)) return of;
  const int64_t count = adjoining_channels(of.layout);
  Shape part = shape;
  part.c = count;
  if (count == 0 || of.layout.begin(kH) != 0 || of.layout.begin(kW) != 0) return std::nullopt;
  if (!is_permutation(of.layout, part)) return std::nullopt;
  const auto key = std::make_tuple(of.base, of.layout.begin(kC), count);
  const auto known = slices_.find(key);
  if (known == slices_.end()) {
    Op slice;
    slice.kind = OpKind::channel_slice;
    slice.channel_begin = of.layout.begin(kC);
    slices_[key] = add_op(slice, of.base, part, of, reader, "/part");
  }
  return View{slices_[key], Layout(dims_of(of.layout)), of.nodes};
}

void LayoutFollower::move(int i) {
  std::vector<View> operands;
  for (const int v : draft_.op(i).op.inputs) {
    const std::optional<View> other = seen(v);
    const std::optional<View> whole = other ? whole_view(*other, i) : std::nullopt;
    if (!whole) return;
    operands.push_back(*whole);
  }
  const View first = operands.front();
  const Shape shape = draft_.value(first.base).shape;
  for (const View& other : operands) {
    if (!(other.layout == first.layout) || draft_.value(other.base).shape != shape) return;
  }
  DraftOp& op = draft_.op(i);
  const bool by_place = !op.constant.empty() && !is_of_channels(op.constant, first.layout);
  if (op.over_last_axis) {
    if (!normalise_channels(op, first.layout, shape)) return;
  } else if (op.constant.empty() && !channels_are_second(first.layout, shape)) {
    if (op.op.kind == OpKind::norm || std::max(op.op.weights, op.op.biases) > 1) return;
  }
  if (by_place) {
    // A map of its own, not something that a channel has.
    op.op.weights += op.op.biases;
    op.op.biases = 0;
    op.affine = false;
  }
  op.deferred = false;
  std::vector<int> maps;
  maps.reserve(operands.size());
  for (const View& operand : operands) maps.push_back(operand.base);
  read_maps(i, maps);
  DraftOp& moved = draft_.op(i);
  moved.nodes.insert(moved.nodes.end(), first.nodes.begin(), first.nodes.end());
  made_of(i, shape, first.layout);
}

void LayoutFollower::multiply_channels(int i) {
  const Op& op = draft_.op(i).op;
  const Shape& in = draft_.value(op.inputs[0]).shape;
  const Window& w = op.window;
  const bool plain = std::max({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) == 0 && op.groups == 1 &&
                     std::max(w.stride_h, w.stride_w) == 1 && w.kernel_h == 1;
  if (!plain) return;
  if (w.kernel_w == 1) multiply_rows(i, 1);
  // Rows of one channel as wide as the kernel: the matrix is the same.
  if (w.kernel_w > 1 && w.kernel_w == in.w && in.c == 1) multiply_rows(i, 3);
}

void LayoutFollower::multiply_rows(int i, size_t channels) {
  const std::optional<View> from = seen(draft_.op(i).op.inputs[0]);
  const std::optional<View> whole = from ? whole_view(*from, i) : std::nullopt;
  if (!whole || channels >= whole->layout.rank()) return;
  Shape shape = draft_.value(whole->base).shape;
  if (!covers(whole->layout.dim(channels), shape, {kC})) return;
  DraftOp& op = draft_.op(i);
  const size_t made = op.role == DraftRole::rows ? channels : 1;
  shape.c = op.op.weights / shape.c;
  op.role = DraftRole::op;
  op.op.kind = OpKind::conv;
  op.op.window = {};
  op.op.opaque_macs = 0;
  std::vector<std::vector<Factor>> dims = dims_of(whole->layout);
  dims[channels].clear();
  dims[made] = {{kC, 1, shape.c}};
  read_maps(i, {whole->base});
  made_of(i, shape, Layout(std::move(dims)));
}

void LayoutFollower::normalise_groups(int i) {
  const std::optional<View> from = seen(draft_.op(i).op.inputs[0]);
  const std::optional<View> whole = from ? whole_view(*from, i) : std::nullopt;
  if (!whole || whole->layout.rank() != 3 || !whole->layout.dim(0).empty()) return;
  const Shape shape = draft_.value(whole->base).shape;
  const std::vector<Factor>& groups = whole->layout.dim(1);
  const int64_t count = count_of(groups);
  const bool outermost = groups.empty() || (groups.size() == 1 && groups[0].axis == kC &&
                                            groups[0].step * groups[0].count == shape.c);
  if (!outermost) return;
  Op moments;
  moments.kind = OpKind::moments;
  moments.groups = count;
  const int statistics = add_op(moments, whole->base, {shape.c, 1, 2}, *whole, i, "/moments");
  read_maps(i, {whole->base});
  DraftOp& op = draft_.op(i);
  op.role = DraftRole::op;
  op.op.kind = OpKind::eltwise;
  op.op.eltwise = EltwiseKind::normalise;
  op.op.weights = op.op.biases = 0;
  op.op.inputs.push_back(statistics);
  draft_.value(statistics).readers.push_back(i);
  made_of(i, shape, whole->layout);
}

void LayoutFollower::stack(int i) {
  const auto axis = static_cast<size_t>(draft_.op(i).stacked_axis);
  std::vector<View> operands;
  std::vector<Factor> parts;
  int64_t total = 0;
  for (const int v : draft_.op(i).op.inputs) {
    const std::optional<View> from = seen(v);
    const std::optional<Factor> part =
        from && axis < from->layout.rank() ? part_of_axis(from->layout, axis) : std::nullopt;
    if (!part || (!parts.empty() && part->axis != parts.front().axis)) return;
    operands.push_back(*from);
    parts.push_back(*part);
    total += part->count;
  }
  std::vector<std::vector<Factor>> dims = dims_of(operands.front().layout);
  dims[axis] = {{parts.front().axis, 1, total}};
  const Layout layout(dims);
  Shape shape = draft_.value(operands.front().base).shape;
  for (size_t slot = 0; slot < operands.size(); ++slot) {
    std::vector<std::vector<Factor>> own = dims_of(operands[slot].layout);
    own[axis] = dims[axis];
    Shape part = draft_.value(operands[slot].base).shape;
    side(part, parts[slot].axis) = parts[slot].count;
    const bool all = is_permutation(operands[slot].layout, part) && operands[slot].layout.begin(kC) == 0;
    side(part, parts[slot].axis) = side(shape, parts[slot].axis);
    if (!all || !(Layout(own) == layout) || part != shape) return;
  }
  std::vector<int> maps;
  for (size_t slot = 0; slot < operands.size(); ++slot) {
    const Shape map = draft_.value(operands[slot].base).shape;
    const int kept = parts[slot].axis;
    Shape part = map;
    side(part, kept) = parts[slot].count;
    View from = operands[slot];
    if (part != map) {
      const Op crop = crop_of(map, kept, from.layout.begin(kept), parts[slot].count);
      from.base = add_op(crop, from.base, part, from, i, "/part");
    }
    maps.push_back(from.base);
  }
  read_maps(i, maps);
  DraftOp& op = draft_.op(i);
  op.role = DraftRole::op;
  op.op.kind = OpKind::opaque;
  side(shape, parts.front().axis) = total;
  made_of(i, shape, layout);
}

}  // namespace fusesim::importer
