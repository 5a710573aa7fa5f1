#include <algorithm>

#include "layout_follower.h"
#include "lower.h"
#include "passes.h"

namespace fusesim::importer {

void LayoutFollower::run() {
  const int count = static_cast<int>(draft_.ops.size());
  for (int i = 0; i < count; ++i) {
    if (draft_.op(i).alive) follow(i);
  }
  give_up();
  find_wanted();
  for (int v = 0; v < static_cast<int>(views_.size()); ++v) make_again(v);
}

std::optional<View>& LayoutFollower::view(int v) {
  if (static_cast<size_t>(v) >= views_.size()) views_.resize(static_cast<size_t>(v) + 1);
  return views_[static_cast<size_t>(v)];
}

std::optional<View> LayoutFollower::seen(int v) {
  if (view(v)) return view(v);
  const DraftValue& value = draft_.value(v);
  if (!value.map) return std::nullopt;
  return View{v, Layout::of_map(value.dims, value.shape), {}};
}

void LayoutFollower::follow(int i) {
  const DraftOp& op = draft_.op(i);
  if (op.op.outputs.size() != 1) return;
  if (op.role == DraftRole::view || op.role == DraftRole::transposition) return look_through(i);
  if (op.role == DraftRole::product) return multiply(i);
  if (op.role == DraftRole::cut) return cut_dims(i);
  const bool any =
      std::any_of(op.op.inputs.begin(), op.op.inputs.end(), [this](int v) { return view(v).has_value(); });
  if (!any) return;
  if (op.role == DraftRole::stack || op.op.kind == OpKind::concat) return stack(i);
  if (op.role == DraftRole::groups) return normalise_groups(i);
  if (op.role == DraftRole::rows) return multiply_rows(i, draft_.value(op.op.inputs[0]).dims.size() - 1);
  if (op.op.kind == OpKind::conv) return multiply_channels(i);
  if (op.op.kind == OpKind::crop || op.op.kind == OpKind::channel_slice) return cut(i);
  for (const OpKind kind : {OpKind::activation, OpKind::eltwise, OpKind::norm}) {
    if (op.op.kind == kind) return move(i);
  }
}

void LayoutFollower::look_through(int i) {
  DraftOp& op = draft_.op(i);
  const std::optional<View> from = seen(op.op.inputs[0]);
  if (!from) return;
  const int out = op.op.output();
  const std::optional<Layout> layout = op.role == DraftRole::view
                                           ? from->layout.reshaped(draft_.value(out).dims)
                                           : from->layout.transposed(op.permutation);
  if (!layout) return;
  View to{from->base, *layout, from->nodes};
  to.nodes.insert(to.nodes.end(), op.nodes.begin(), op.nodes.end());
  view(out) = to;
  if (draft_.value(out).map) close(i, to);
}

void LayoutFollower::close(int i, const View& made) {
  const DraftValue& base = draft_.value(made.base);
  const std::optional<Op> kind = rearrangement(made.layout, base.shape);
  if (!kind) return;
  const int out = draft_.op(i).op.output();
  if (kind->kind == OpKind::activation) return join(i, made);
  DraftOp op = draft_.op(i);
  op.role = DraftRole::op;
  op.folded = true;
  op.op.kind = kind->kind;
  op.op.groups = kind->groups;
  op.op.channel_block = kind->channel_block;
  if (kind->kind != OpKind::channel_shuffle) op = with_blocks(std::move(op), kind->block);
  op.nodes = made.nodes;
  op.first = made.nodes.front().position;
  const int before = op.op.inputs[0];
  draft_.op(i) = op;
  if (before != made.base) {
    draft_.replace_input(i, 0, made.base);
    fold_above(before, made.base);
  }
  view(out).reset();
}

void LayoutFollower::join(int i, const View& made) {
  const int out = draft_.op(i).op.output();
  if (draft_.value(out).graph_output) return;
  const std::vector<int> readers = draft_.value(out).readers;
  for (const int reader : readers) {
    std::vector<int>& inputs = draft_.op(reader).op.inputs;
    for (size_t slot = 0; slot < inputs.size(); ++slot) {
      if (inputs[slot] == out) draft_.replace_input(reader, slot, made.base);
    }
  }
  std::vector<NodeRef>& dropped = draft_.value(made.base).dropped;
  dropped.insert(dropped.end(), made.nodes.begin(), made.nodes.end());
  draft_.op(i).folded = true;
  fold_above(draft_.op(i).op.inputs[0], made.base);
}

void LayoutFollower::fold_above(int v, int base) {
  while (v != base && draft_.value(v).producer >= 0) {
    DraftOp& op = draft_.op(draft_.value(v).producer);
    if (!op.alive || op.op.inputs.empty()) return;
    op.folded = true;
    v = op.op.inputs[0];
  }
}

void LayoutFollower::cut(int i) {
  const DraftOp& op = draft_.op(i);
  const View from = *view(op.op.inputs[0]);
  const Shape& out = draft_.value(op.op.output()).shape;
  const Window& w = op.op.window;
  std::optional<Layout> layout = from.layout;
  if (layout->rank() != 4) return;
  if (op.op.kind == OpKind::channel_slice) {
    layout = layout->sliced(1, op.op.channel_begin, out.c);
  } else {
    const bool border = std::max({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) > 0;
    if (border || w.stride_h != 1 || w.stride_w != 1) return;
    layout = layout->sliced(2, -w.pad_top, out.h);
    if (layout) layout = layout->sliced(3, -w.pad_left, out.w);
  }
  add_view(i, from, layout);
}

void LayoutFollower::cut_dims(int i) {
  const DraftOp& op = draft_.op(i);
  const std::optional<View> from = seen(op.op.inputs[0]);
  if (!from) return;
  std::optional<Layout> layout = from->layout;
  for (size_t d = 0; d < op.cut_begin.size() && layout; ++d)
    layout = layout->sliced(d, op.cut_begin[d], op.cut_count[d]);
  if (layout) layout = layout->reshaped(draft_.value(op.op.output()).dims);
  add_view(i, *from, layout);
}

void LayoutFollower::add_view(int i, const View& from, const std::optional<Layout>& layout) {
  if (!layout) return;
  const DraftOp& op = draft_.op(i);
  View to{from.base, *layout, from.nodes};
  to.nodes.insert(to.nodes.end(), op.nodes.begin(), op.nodes.end());
  view(op.op.output()) = to;
}

void LayoutFollower::find_wanted() {
  wanted_.assign(draft_.ops.size(), 0);
  std::vector<int> open;
  const auto want = [&](int v) {
    const int base = view(v) && draft_.value(v).producer < 0 ? view(v)->base : v;
    const int producer = draft_.value(base).producer;
    if (producer < 0 || wanted_[static_cast<size_t>(producer)] != 0) return;
    wanted_[static_cast<size_t>(producer)] = 1;
    open.push_back(producer);
  };
  for (const int v : draft_.outputs) want(v);
  while (!open.empty()) {
    const int op = open.back();
    open.pop_back();
    for (const int v : draft_.op(op).op.inputs) want(v);
  }
}

void LayoutFollower::make_again(int v) {
  const DraftValue& value = draft_.value(v);
  const bool transposed = value.producer >= 0 && draft_.op(value.producer).role == DraftRole::transposition;
  if (!view(v) || (value.producer >= 0 && !transposed) || value.graph_input) return;
  const bool read = std::any_of(value.readers.begin(), value.readers.end(),
                                [this](int op) { return wanted_[static_cast<size_t>(op)] != 0; });
  if (!read && !value.graph_output) return;
  const View from = *view(v);
  const bool left = !read && leave_as_map(v, from);
  const bool handed_on = !left && !value.graph_output && lies_in_rows(from) && only_moves(v);
  if (handed_on) hand_on(v, from.base, from.nodes);
  if (transposed && (left || handed_on)) draft_.op(draft_.value(v).producer).folded = true;
  if (transposed || left || handed_on) return;
  const DraftOp& maker = draft_.op(draft_.value(from.base).producer);
  DraftOp made;
  made.op.name = maker.op.name + "/order";
  made.op.onnx_type = "Transpose";
  made.op.inputs = {from.base};
  made.op.outputs = {v};
  made.nodes = {maker.nodes.front()};
  made.first = maker.first;
  made.main = maker.main;
  draft_.add(std::move(made));
}

bool LayoutFollower::lies_in_rows(const View& of) const {
  const Shape& shape = draft_.value(of.base).shape;
  int64_t elements = 1;
  int spatial = 0;  // the last axis but channels
  for (size_t d = 0; d < of.layout.rank(); ++d) {
    for (const Factor& factor : of.layout.dim(d)) {
      elements *= factor.count;
      if (factor.axis == 0) continue;
      const bool whole = factor.step == 1 && factor.count == (factor.axis == 1 ? shape.h : shape.w);
      if (!whole || factor.axis <= spatial) return false;
      spatial = factor.axis;
    }
  }
  return elements == shape.elements();
}

bool LayoutFollower::only_moves(int v) const {
  for (const int reader : draft_.value(v).readers) {
    const DraftOp& op = draft_.op(reader);
    if (op.role == DraftRole::op && op.op.kind == OpKind::opaque) continue;
    if (op.role != DraftRole::view || draft_.value(op.op.output()).graph_output) return false;
    if (!only_moves(op.op.output())) return false;
  }
  return true;
}

void LayoutFollower::hand_on(int v, int base, std::vector<NodeRef> nodes) {
  const std::vector<int> readers = draft_.value(v).readers;
  for (const int reader : readers) {
    DraftOp& op = draft_.op(reader);
    if (op.role == DraftRole::view) {
      std::vector<NodeRef> more = nodes;
      more.insert(more.end(), op.nodes.begin(), op.nodes.end());
      op.folded = true;
      hand_on(op.op.output(), base, std::move(more));
      continue;
    }
    op.nodes.insert(op.nodes.end(), nodes.begin(), nodes.end());
    for (size_t slot = 0; slot < op.op.inputs.size(); ++slot) {
      if (draft_.op(reader).op.inputs[slot] == v) draft_.replace_input(reader, slot, base);
    }
  }
}

bool LayoutFollower::leave_as_map(int v, const View& from) {
  DraftValue& map = draft_.value(from.base);
  if (map.graph_output || map.graph_input || !lies_in_rows(from)) return false;
  map.graph_output = true;
  map.name = draft_.value(v).name;
  map.dropped.insert(map.dropped.end(), from.nodes.begin(), from.nodes.end());
  draft_.value(v).graph_output = false;
  std::replace(draft_.outputs.begin(), draft_.outputs.end(), v, from.base);
  return true;
}

void LayoutFollower::give_up() {
  for (DraftOp& op : draft_.ops) {
    for (const DraftRole role : {DraftRole::cut, DraftRole::rows, DraftRole::groups, DraftRole::stack}) {
      if (op.role == role) op.role = DraftRole::op;
    }
    if (!op.alive || !op.deferred) continue;
    op.deferred = op.affine = false;
    op.op.kind = OpKind::opaque;
    op.op.activations.clear();
    // Constants of an opaque op are weights, whatever they are for.
    if (op.constant.empty()) continue;
    op.op.weights += op.op.biases;
    op.op.biases = 0;
  }
}

void follow_layouts(Draft& draft) { LayoutFollower(draft).run(); }

}  // namespace fusesim::importer
