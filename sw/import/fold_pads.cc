#include <algorithm>
#include <cmath>
#include <limits>

#include "passes.h"

namespace fusesim::importer {
namespace {

bool has_function(const Op& op, const std::string& type) {
  return !op.activations.empty() && op.activations.back().type == type;
}

/// An activation whose result is never negative.
bool clears_negatives(const Op& op) {
  for (const char* type : {"Relu", "Sigmoid", "HardSigmoid", "Softplus", "Exp", "Abs", "Sqrt"}) {
    if (has_function(op, type)) return true;
  }
  return has_function(op, "Clip") && op.activations.back().alpha >= 0.0F;
}

bool keeps_sign(const DraftOp& op) {
  switch (op.op.kind) {
    case OpKind::max_pool:
    case OpKind::avg_pool:
    case OpKind::global_avg_pool:
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::resize:
    case OpKind::channel_shuffle:
    case OpKind::depth_to_space:
    case OpKind::space_to_depth:
    case OpKind::channel_reduce:
    case OpKind::global_max_pool:
      return true;
    case OpKind::eltwise:
      return op.op.eltwise != EltwiseKind::sub;
    case OpKind::opaque:
      return op.role == DraftRole::view || op.role == DraftRole::transposition ||
             (op.role == DraftRole::pad && op.pad_value && *op.pad_value >= 0);
    case OpKind::conv:
    case OpKind::conv_transpose:
    case OpKind::activation:
    case OpKind::crop:
    case OpKind::norm:
    case OpKind::moments:
    case OpKind::matmul:
    case OpKind::position_matmul:
      return false;
  }
  return false;
}

/// No element of the tensor can be below zero.
bool cannot_be_negative(const Draft& draft, int value) {
  std::vector<int> pending{value};
  std::vector<bool> seen(draft.values.size(), false);
  while (!pending.empty()) {
    const int v = pending.back();
    pending.pop_back();
    if (seen[static_cast<size_t>(v)]) continue;
    seen[static_cast<size_t>(v)] = true;
    const int producer = draft.value(v).producer;
    if (producer < 0) return false;
    const DraftOp& op = draft.op(producer);
    if (clears_negatives(op.op)) continue;
    if (!keeps_sign(op)) return false;
    pending.insert(pending.end(), op.op.inputs.begin(), op.op.inputs.end());
  }
  return true;
}

bool has_pads(const Window& w) { return std::max({w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}) > 0; }

void add_pads(Window& to, const Window& pads) {
  to.pad_top += pads.pad_top;
  to.pad_left += pads.pad_left;
  to.pad_bottom += pads.pad_bottom;
  to.pad_right += pads.pad_right;
}

/// Every window of a pool keeps at least one element of the map itself.
bool windows_reach_map(Window w, const Window& pads) {
  add_pads(w, pads);
  const int64_t span_h = (w.kernel_h - 1) * w.dilation_h + 1;
  const int64_t span_w = (w.kernel_w - 1) * w.dilation_w + 1;
  return std::max(w.pad_top, w.pad_bottom) < span_h && std::max(w.pad_left, w.pad_right) < span_w &&
         w.dilation_h == 1 && w.dilation_w == 1;
}

/// Pads by nothing, as exporters write before pools: any reader can do without it.
bool is_empty(const DraftOp& pad) { return !has_pads(pad.padding); }

/// Rows and columns that repeat those of the map lie among those that the window holds anyway: all of them
/// where the nearest is repeated, half of its span where it is the mirror.
bool can_mirror(const DraftOp& pad, const DraftOp& reader) {
  const OpKind kind = reader.op.kind;
  const bool pool = kind == OpKind::avg_pool || kind == OpKind::max_pool;
  if (!(pool || (kind == OpKind::conv && !reader.reads_flattened)) || has_pads(reader.op.window))
    return false;
  const Window& w = reader.op.window;
  const Window& pads = pad.padding;
  const int64_t shares = pad.pad_mode == "reflect" ? 2 : 1;
  const int64_t span_h = (w.kernel_h - 1) * w.dilation_h + 1;
  const int64_t span_w = (w.kernel_w - 1) * w.dilation_w + 1;
  return shares * std::max(pads.pad_top, pads.pad_bottom) < span_h &&
         shares * std::max(pads.pad_left, pads.pad_right) < span_w;
}

/// A border of a constant that a reader still wants.
void make_border(DraftOp& pad) {
  if (!pad.alive || pad.role != DraftRole::pad || pad.pad_mode != "constant") return;
  pad.role = DraftRole::op;
  pad.op.kind = OpKind::crop;
  pad.op.window = pad.padding;
}

bool can_take(const Draft& draft, const DraftOp& pad, const DraftOp& reader) {
  if (is_empty(pad)) return true;
  if (pad.pad_mode != "constant") return can_mirror(pad, reader);
  if (!pad.pad_value) return false;
  const double value = *pad.pad_value;
  const Window& window = reader.op.window;
  switch (reader.op.kind) {
    case OpKind::conv:
      return value == 0.0 && !reader.reads_flattened;
    case OpKind::avg_pool:
      return value == 0.0 && (reader.op.count_include_pad || !has_pads(window));
    case OpKind::max_pool:
      if (value <= -static_cast<double>(std::numeric_limits<float>::max())) return true;
      return value == 0.0 && windows_reach_map(window, pad.padding) &&
             cannot_be_negative(draft, pad.op.inputs[0]);
    case OpKind::conv_transpose:
    case OpKind::global_avg_pool:
    case OpKind::eltwise:
    case OpKind::concat:
    case OpKind::channel_slice:
    case OpKind::resize:
    case OpKind::activation:
    case OpKind::channel_shuffle:
    case OpKind::depth_to_space:
    case OpKind::space_to_depth:
    case OpKind::crop:
    case OpKind::norm:
    case OpKind::channel_reduce:
    case OpKind::global_max_pool:
    case OpKind::moments:
    case OpKind::matmul:
    case OpKind::position_matmul:
    case OpKind::opaque:
      return false;
  }
  return false;
}

void take(Draft& draft, const DraftOp& pad, int id) {
  DraftOp& reader = draft.op(id);
  const std::vector<NodeRef>& dropped = draft.value(pad.op.output()).dropped;
  reader.nodes.insert(reader.nodes.end(), pad.nodes.begin(), pad.nodes.end());
  reader.nodes.insert(reader.nodes.end(), dropped.begin(), dropped.end());
  for (size_t i = 0; i < reader.op.inputs.size(); ++i) {
    if (reader.op.inputs[i] == pad.op.output()) draft.replace_input(id, i, pad.op.inputs[0]);
  }
  if (is_empty(pad)) return;
  reader.first = std::min(reader.first, pad.first);
  add_pads(reader.op.window, pad.padding);
  if (reader.op.kind == OpKind::avg_pool) reader.op.count_include_pad = true;
}

}  // namespace

void fold_pads(Draft& draft) {
  for (DraftOp& pad : draft.ops) {
    if (!pad.alive || pad.role != DraftRole::pad) continue;
    std::vector<int> readers = draft.value(pad.op.output()).readers;
    readers.erase(std::unique(readers.begin(), readers.end()), readers.end());
    for (const int reader : readers) {
      if (!can_take(draft, pad, draft.op(reader))) continue;
      take(draft, pad, reader);
      pad.folded = true;
    }
  }
  for (DraftOp& pad : draft.ops) make_border(pad);
}

}  // namespace fusesim::importer
