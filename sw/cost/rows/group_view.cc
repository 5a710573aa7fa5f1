#include "rows/group_view.h"

#include <algorithm>
#include <utility>

#include "rows/padded_bytes.h"

namespace fusesim {

GroupView::GroupView(const Graph& graph, ElementWidths widths)
    : graph_(&graph),
      widths_(std::move(widths)),
      tensor_slot_(graph.tensors.size()),
      tensor_stamp_(graph.tensors.size(), 0),
      op_stamp_(graph.ops.size(), 0),
      owner_stamp_(graph.ops.size(), 0),
      owner_slot_(graph.ops.size(), 0) {}

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
  local.piece_bytes = padded_bytes(local.width, widths_.bits[i]);
  local.sums_piece_bytes = padded_bytes(local.width, std::max(widths_.bits[i], widths_.sum_bits));
  tensors.push_back(local);
  return tensor_slot_[i];
}

void GroupView::build(const Group& group) {
  ++stamp_;
  ops.clear();
  tensors.clear();
  edges.clear();
  weight_bytes = used_weight_bytes = 0;
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
  LocalOp local;
  local.id = id;
  local.op = &op;
  add_parameters(local);
  local.reduction = is_reduction(*graph_, op);
  local.depthwise = is_depthwise(*graph_, op);
  local.edges_begin = static_cast<int>(edges.size());
  const int index = static_cast<int>(ops.size());
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const int t = local_tensor(op.inputs[i]);
    const auto same = [t](const Edge& e) { return e.tensor == t; };
    if (std::any_of(edges.begin() + local.edges_begin, edges.end(), same)) continue;
    edges.push_back({row_window(*graph_, op, i), t, index});
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

void GroupView::add_parameters(LocalOp& local) {
  const int64_t bytes = widths_.parameter_bytes[static_cast<size_t>(local.id)];
  const auto owner = static_cast<size_t>(parameter_owner(*graph_, local.id));
  local.parameters_of = static_cast<int>(ops.size());
  used_weight_bytes += bytes;
  if (owner_stamp_[owner] == stamp_) {
    local.parameters_of = owner_slot_[owner];
    local.shares = true;
    local.brings = false;
    ops[static_cast<size_t>(local.parameters_of)].shares = true;
    return;
  }
  owner_stamp_[owner] = stamp_;
  owner_slot_[owner] = local.parameters_of;
  weight_bytes += bytes;
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
