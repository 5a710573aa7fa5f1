#include "group_view.h"

#include <algorithm>

namespace fusesim {
namespace {

int64_t floor_div(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

/// A source coordinate as the exact fraction num/den, den > 0.
struct Coordinate {
  int64_t num = 0;
  int64_t den = 1;
};

Coordinate source(const Resize& r, int64_t y, int64_t in, int64_t out) {
  switch (r.coordinates) {
    case ResizeCoordinates::asymmetric:
      return {y * in, out};
    case ResizeCoordinates::align_corners:
      return out == 1 ? Coordinate{0, 1} : Coordinate{y * (in - 1), out - 1};
    case ResizeCoordinates::pytorch_half_pixel:
      if (out == 1) return {0, 1};
      break;
    case ResizeCoordinates::half_pixel:
      break;
  }
  return {(2 * y + 1) * in - out, 2 * out};
}

int64_t round_nearest(ResizeRounding rounding, Coordinate c) {
  switch (rounding) {
    case ResizeRounding::floor:
      return floor_div(c.num, c.den);
    case ResizeRounding::ceil:
      return ceil_div(c.num, c.den);
    case ResizeRounding::round_prefer_floor:
      return ceil_div(2 * c.num - c.den, 2 * c.den);
    case ResizeRounding::round_prefer_ceil:
      return floor_div(2 * c.num + c.den, 2 * c.den);
  }
  return 0;
}

/// First and last source row of output row y.
std::pair<int64_t, int64_t> resize_rows(const Resize& r, int64_t y, int64_t in, int64_t out) {
  const Coordinate c = source(r, y, in, out);
  const auto clamp = [in](int64_t row) { return std::clamp<int64_t>(row, 0, in - 1); };
  if (r.mode == ResizeMode::nearest) {
    const int64_t row = clamp(round_nearest(r.rounding, c));
    return {row, row};
  }
  return {clamp(floor_div(c.num, c.den)), clamp(ceil_div(c.num, c.den))};
}

RowRule rule_of(const Graph& graph, const Op& op, size_t operand) {
  switch (op.kind) {
    case OpKind::conv_transpose:
      return RowRule::transpose;
    case OpKind::resize:
      return RowRule::resize;
    case OpKind::global_avg_pool:
      return RowRule::stream;
    case OpKind::eltwise:
      return is_row_broadcast(graph, op, operand) ? RowRule::whole : RowRule::window;
    default:
      return RowRule::window;
  }
}

bool has_window(OpKind kind) {
  return kind == OpKind::conv || kind == OpKind::conv_transpose || kind == OpKind::max_pool ||
         kind == OpKind::avg_pool;
}

Edge make_edge(const Graph& graph, const Op& op, size_t operand) {
  Edge e;
  e.rule = rule_of(graph, op, operand);
  e.rows = graph.in_shape(op, operand).h;
  e.out_rows = graph.out_shape(op).h;
  e.resize = &op.resize;
  if (has_window(op.kind)) {
    e.stride = op.window.stride_h;
    e.pad = op.window.pad_top;
    e.extent = (op.window.kernel_h - 1) * op.window.dilation_h + 1;
  }
  return e;
}

}  // namespace

int64_t Edge::other_first(int64_t y) const {
  switch (rule) {
    case RowRule::transpose:
      return clip(ceil_div(y + pad - extent + 1, stride));
    case RowRule::resize:
      return resize_rows(*resize, y, rows, out_rows).first;
    default:
      return 0;
  }
}

int64_t Edge::other_end(int64_t y) const {
  switch (rule) {
    case RowRule::transpose:
      return clip(floor_div(y + pad, stride) + 1);
    case RowRule::resize:
      return resize_rows(*resize, y, rows, out_rows).second + 1;
    default:
      return rows;
  }
}

GroupView::GroupView(const Graph& graph)
    : graph_(&graph),
      tensor_slot_(graph.tensors.size()),
      tensor_stamp_(graph.tensors.size(), 0),
      op_stamp_(graph.ops.size(), 0) {}

int GroupView::local_tensor(TensorId t) {
  const auto i = static_cast<size_t>(t);
  if (tensor_stamp_[i] == stamp_) return tensor_slot_[i];
  tensor_stamp_[i] = stamp_;
  tensor_slot_[i] = static_cast<int>(tensors.size());
  const Tensor& global = graph_->tensor(t);
  LocalTensor local;
  local.id = t;
  local.channels = global.shape.c;
  local.rows = global.shape.h;
  local.width = global.shape.w;
  tensors.push_back(local);
  return tensor_slot_[i];
}

void GroupView::build(const Group& group) {
  ++stamp_;
  ops.clear();
  tensors.clear();
  edges.clear();
  weights = biases = 0;
  for (const OpId o : group) op_stamp_[static_cast<size_t>(o)] = stamp_;
  for (const OpId o : group) {
    for (const TensorId t : graph_->op(o).inputs) {
      const OpId producer = graph_->tensor(t).producer;
      if (producer < 0 || op_stamp_[static_cast<size_t>(producer)] != stamp_) local_tensor(t);
    }
  }
  externals = static_cast<int>(tensors.size());
  for (const OpId o : group) add_op(o);
  link_readers();
}

void GroupView::add_op(OpId id) {
  const Op& op = graph_->op(id);
  weights += op.weights;
  biases += op.biases;
  LocalOp local;
  local.id = id;
  local.op = &op;
  local.reduction = is_reduction(*graph_, op);
  local.depthwise = is_depthwise(*graph_, op);
  local.edges_begin = static_cast<int>(edges.size());
  const int index = static_cast<int>(ops.size());
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const int t = local_tensor(op.inputs[i]);
    const auto same = [t](const Edge& e) { return e.tensor == t; };
    if (std::any_of(edges.begin() + local.edges_begin, edges.end(), same)) continue;
    Edge e = make_edge(*graph_, op, i);
    e.tensor = t;
    e.op = index;
    edges.push_back(e);
  }
  std::sort(edges.begin() + local.edges_begin, edges.end(), [this](const Edge& a, const Edge& b) {
    const TensorId ta = tensors[static_cast<size_t>(a.tensor)].id;
    const TensorId tb = tensors[static_cast<size_t>(b.tensor)].id;
    const OpId pa = graph_->tensor(ta).producer;
    const OpId pb = graph_->tensor(tb).producer;
    return pa != pb ? pa > pb : ta > tb;
  });
  local.edges_end = static_cast<int>(edges.size());
  local.output = local_tensor(op.output());
  LocalTensor& out = tensors[static_cast<size_t>(local.output)];
  out.producer = index;
  ops.push_back(local);
}

void GroupView::link_readers() {
  reader_edges.resize(edges.size());
  for (LocalTensor& t : tensors) t.readers_end = 0;
  for (const Edge& e : edges) ++tensors[static_cast<size_t>(e.tensor)].readers_end;
  int begin = 0;
  for (LocalTensor& t : tensors) {
    t.readers_begin = begin;
    begin += t.readers_end;
    t.readers_end = t.readers_begin;
  }
  for (size_t i = 0; i < edges.size(); ++i) {
    LocalTensor& t = tensors[static_cast<size_t>(edges[i].tensor)];
    reader_edges[static_cast<size_t>(t.readers_end++)] = static_cast<int>(i);
  }
  for (LocalTensor& t : tensors) {
    if (t.producer < 0) continue;
    const Tensor& global = graph_->tensor(t.id);
    const auto inside = static_cast<size_t>(t.readers_end - t.readers_begin);
    t.outgoing = global.graph_output || global.consumers.size() > inside;
    t.private_to_reader = global.consumers.size() == 1 && inside == 1;
  }
}

}  // namespace fusesim
