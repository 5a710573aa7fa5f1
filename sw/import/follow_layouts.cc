#include <algorithm>
#include <map>
#include <tuple>

#include "layout.h"
#include "lower.h"
#include "passes.h"
#include "product.h"

namespace fusesim::importer {
namespace {

/// Values that are views of maps, and the ops that can work on the map in their place.
class LayoutFollower {
 public:
  explicit LayoutFollower(Draft& draft) : draft_(draft), views_(draft.values.size()) {}

  void run() {
    const int count = static_cast<int>(draft_.ops.size());
    for (int i = 0; i < count; ++i) {
      if (draft_.op(i).alive) follow(i);
    }
    find_wanted();
    for (int v = 0; v < static_cast<int>(views_.size()); ++v) make_again(v);
  }

 private:
  std::optional<View>& view(int v) {
    if (static_cast<size_t>(v) >= views_.size()) views_.resize(static_cast<size_t>(v) + 1);
    return views_[static_cast<size_t>(v)];
  }

  /// The value itself, if it is a map and no view of another.
  std::optional<View> seen(int v) {
    if (view(v)) return view(v);
    const DraftValue& value = draft_.value(v);
    if (!value.map) return std::nullopt;
    return View{v, Layout::of_map(value.dims, value.shape), {}};
  }

  void follow(int i) {
    const DraftOp& op = draft_.op(i);
    if (op.op.outputs.size() != 1) return;
    if (op.role == DraftRole::view || op.role == DraftRole::transposition) return look_through(i);
    if (op.role == DraftRole::product) return multiply(i);
    const bool any =
        std::any_of(op.op.inputs.begin(), op.op.inputs.end(), [this](int v) { return view(v).has_value(); });
    if (!any) return;
    if (op.op.kind == OpKind::crop || op.op.kind == OpKind::channel_slice) return cut(i);
    if (op.op.kind == OpKind::activation || op.op.kind == OpKind::eltwise) return move(i);
  }

  void look_through(int i) {
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

  /// A view that is a map again is one op, or none.
  void close(int i, const View& made) {
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

  /// What reads the view reads the map instead. A graph output keeps its own op.
  void join(int i, const View& made) {
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

  /// Ops between a view and its map go once nothing else reads them.
  void fold_above(int v, int base) {
    while (v != base && draft_.value(v).producer >= 0) {
      DraftOp& op = draft_.op(draft_.value(v).producer);
      if (!op.alive || op.op.inputs.empty()) return;
      op.folded = true;
      v = op.op.inputs[0];
    }
  }

  /// A slice of a view is a view.
  void cut(int i) {
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
    if (!layout) return;
    View to{from.base, *layout, from.nodes};
    to.nodes.insert(to.nodes.end(), op.nodes.begin(), op.nodes.end());
    view(op.op.output()) = to;
  }

  void multiply(int i) {
    DraftOp& op = draft_.op(i);
    const std::optional<View> left = seen(op.op.inputs[0]);
    const std::optional<View> right = seen(op.op.inputs[1]);
    if (!left || !right) return;
    const std::optional<MapProduct> product = product_of(draft_, *left, *right);
    if (!product) return;
    const int old[] = {op.op.inputs[0], op.op.inputs[1]};
    const int rows = operand(product->rows, product->row_channels, i);
    const int matrix = operand(product->matrix, product->matrix_channels, i);
    if (rows < 0 || matrix < 0 || rows == matrix) return;
    draft_.replace_input(i, 0, rows);
    draft_.replace_input(i, 1, matrix);
    fold_above(old[0], left->base);
    fold_above(old[1], right->base);
    DraftOp& made = draft_.op(i);
    made.role = DraftRole::op;
    made.op.kind = OpKind::matmul;
    made.op.opaque_macs = 0;
    made.op.groups = product->groups;
    Shape shape = draft_.value(rows).shape;
    shape.c = product->channels;
    made_of(i, shape, product->layout);
  }

  /// The op makes a new map, of which its result is a view.
  void made_of(int i, const Shape& shape, const Layout& layout) {
    const int out = draft_.op(i).op.output();
    DraftValue map;
    map.name = draft_.value(out).name;
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

  /// A map whose channels are these channels of the view's map, in this order; -1 where none can be had.
  int operand(const View& of, const std::vector<Factor>& channels, int reader) {
    const Shape shape = draft_.value(of.base).shape;
    const std::optional<Gather> gather = gather_of(channels, of.layout.begin(0), shape.c);
    if (!gather) return -1;
    int v = of.base;
    if (gather->shuffle) {
      const auto key = std::make_tuple(v, gather->shuffle->groups, gather->shuffle->channel_block);
      const auto known = shuffled_.find(key);
      v = known != shuffled_.end() ? known->second
                                   : add_op(*gather->shuffle, v, shape.c, of, reader, "/order");
      shuffled_[key] = v;
    }
    if (gather->count == shape.c) return v;
    Op slice;
    slice.kind = OpKind::channel_slice;
    slice.channel_begin = gather->begin;
    return add_op(slice, v, gather->count, of, reader, "/part");
  }

  int add_op(const Op& kind, int input, int64_t channels, const View& of, int reader, const char* suffix) {
    DraftOp made;
    made.op = kind;
    const DraftOp& product = draft_.op(reader);
    made.op.name = product.op.name + suffix;
    made.op.onnx_type = kind.kind == OpKind::channel_slice ? "Slice" : "Transpose";
    made.op.inputs = {input};
    made.nodes = of.nodes;
    made.first = made.main = of.nodes.front().position;
    DraftValue value;
    value.name = made.op.name;
    value.shape = draft_.value(input).shape;
    value.shape.c = channels;
    value.dims = {1, channels, value.shape.h, value.shape.w};
    value.map = true;
    const int id = static_cast<int>(draft_.values.size());
    draft_.values.push_back(std::move(value));
    made.op.outputs = {id};
    draft_.add(std::move(made));
    return id;
  }

  /// Elementwise ops work on the maps, if all are seen in the same way; a Softmax over channels is a norm.
  void move(int i) {
    DraftOp& op = draft_.op(i);
    const View first = *seen(op.op.inputs[0]);
    const Shape shape = draft_.value(first.base).shape;
    const bool whole = std::max(op.op.weights, op.op.biases) <= 1;
    for (const int v : op.op.inputs) {
      const std::optional<View> other = view(v);
      if (!other || !(other->layout == first.layout)) return;
      if (draft_.value(other->base).shape != shape) return;
    }
    if (!whole || !is_permutation(first.layout, shape)) return;
    if (op.over_last_axis && !normalise_channels(op, first.layout, shape)) return;
    for (size_t slot = 0; slot < op.op.inputs.size(); ++slot) {
      const int before = draft_.op(i).op.inputs[slot];
      const int base = view(before)->base;
      draft_.replace_input(i, slot, base);
      fold_above(before, base);
    }
    for (const NodeRef& node : first.nodes) draft_.op(i).nodes.push_back(node);
    made_of(i, shape, first.layout);
  }

  static bool is_permutation(const Layout& layout, const Shape& map) {
    int64_t elements = 1;
    for (size_t d = 0; d < layout.rank(); ++d) elements *= count_of(layout.dim(d));
    return elements == map.elements();
  }

  /// The last dimension has to be the innermost channels.
  static bool normalise_channels(DraftOp& op, const Layout& layout, const Shape& map) {
    const std::vector<Factor>& last = layout.dim(layout.rank() - 1);
    if (last.size() != 1 || last[0].axis != 0 || last[0].step != 1) return false;
    op.op.kind = OpKind::norm;
    op.op.groups = map.c / last[0].count;
    op.op.activations.clear();
    return true;
  }

  /// Ops from which a graph output is made.
  void find_wanted() {
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

  /// What something still wants as it was: nothing if the elements keep their order and it only leaves the
  /// network, else one pass over the map.
  void make_again(int v) {
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

  /// A writer of rows can leave the map in this order: rows before columns, channels in front of them, behind
  /// them or in between.
  bool lies_in_rows(const View& of) const {
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

  /// Whoever reads it, at once or under another shape, only moves its bytes.
  bool only_moves(int v) const {
    for (const int reader : draft_.value(v).readers) {
      const DraftOp& op = draft_.op(reader);
      if (op.role == DraftRole::op && op.op.kind == OpKind::opaque) continue;
      if (op.role != DraftRole::view || draft_.value(op.op.output()).graph_output) return false;
      if (!only_moves(op.op.output())) return false;
    }
    return true;
  }

  void hand_on(int v, int base, std::vector<NodeRef> nodes) {
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

  /// The map itself is the graph output.
  bool leave_as_map(int v, const View& from) {
    DraftValue& map = draft_.value(from.base);
    if (map.graph_output || map.graph_input || !lies_in_rows(from)) return false;
    map.graph_output = true;
    map.name = draft_.value(v).name;
    map.dropped.insert(map.dropped.end(), from.nodes.begin(), from.nodes.end());
    draft_.value(v).graph_output = false;
    std::replace(draft_.outputs.begin(), draft_.outputs.end(), v, from.base);
    return true;
  }

  Draft& draft_;
  std::vector<std::optional<View>> views_;
  std::vector<char> wanted_;  ///< by op
  std::map<std::tuple<int, int64_t, int64_t>, int> shuffled_;
};

}  // namespace

void follow_layouts(Draft& draft) { LayoutFollower(draft).run(); }

}  // namespace fusesim::importer
