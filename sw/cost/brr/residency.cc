#include "brr/residency.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim {

void BrrResidency::run(const GroupView& view, int64_t pe_rows, BrrStart start, BrrJoin join) {
  view_ = &view;
  slice_.assign(view.tensors.size(), 0);
  accumulates_.assign(view.tensors.size(), 0);
  find_mixed();
  find_residency(start, join);
  find_storage(pe_rows);
}

/// An op that mixes channels takes all of a position at once.
void BrrResidency::find_mixed() {
  mixed_.assign(view_->tensors.size(), 0);
  for (const Edge& e : view_->edges) {
    const Op& reader = *view_->ops[static_cast<size_t>(e.op)].op;
    if (op_facts(reader).mixes_channels()) mixed_[static_cast<size_t>(e.tensor)] = 1;
  }
}

void BrrResidency::find_residency(BrrStart start, BrrJoin join) {
  for (const LocalOp& op : view_->ops) {
    bool has_internal = false;
    bool internal_all_slice = true;
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const auto t = static_cast<size_t>(view_->edges[static_cast<size_t>(k)].tensor);
      if (view_->tensors[t].producer < 0) continue;
      has_internal = true;
      internal_all_slice = internal_all_slice && slice_[t] != 0;
    }
    bool any = false;
    bool all = true;
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const auto t = static_cast<size_t>(view_->edges[static_cast<size_t>(k)].tensor);
      const LocalTensor& tensor = view_->tensors[t];
      if (tensor.producer < 0) {
        const bool shared = tensor.readers_end - tensor.readers_begin > 1;
        const bool starts = shared || op.reduction || !has_internal;
        slice_[t] = mixed_[t] == 0 && (starts ? start == BrrStart::slice : internal_all_slice);
      }
      any = any || slice_[t] != 0;
      all = all && slice_[t] != 0;
    }
    const auto out = static_cast<size_t>(op.output);
    const LocalTensor& output = view_->tensors[out];
    const bool several_readers = output.readers_end - output.readers_begin > 1;
    accumulates_[out] = op.reduction && any;
    const bool slice = op.reduction ? !any : (join == BrrJoin::any ? any : all);
    const bool held = several_readers || mixed_[out] != 0 || op_facts(*op.op).pools_map();
    slice_[out] = slice && !held;
  }
}

int64_t BrrResidency::channels(size_t tensor, int64_t g) const {
  const int64_t c = view_->tensors[tensor].channels;
  return slice_[tensor] != 0 ? std::min(g, c) : c;
}

/// Channel-local ops whose output rows can take the place of the input rows that they free: one data input,
/// every output row no longer than an input row and never ahead of it.
bool BrrResidency::may_overwrite(const LocalOp& op) const {
  if (op.op->inputs.size() != 1 || op_facts(*op.op).in_place == InPlace::never) return false;
  const Edge& edge = view_->edges[static_cast<size_t>(op.edges_begin)];
  const LocalTensor& in = view_->tensors[static_cast<size_t>(edge.tensor)];
  const LocalTensor& out = view_->tensors[static_cast<size_t>(op.output)];
  if (out.piece_bytes > in.piece_bytes) return false;
  // A depthwise convolution with a multiplier makes more channels than it frees.
  if (is_convolution(*op.op) && out.channels != in.channels) return false;
  return edge.rule != RowRule::resize || out.rows <= in.rows;
}

void BrrResidency::find_storage(int64_t pe_rows) {
  stores_.assign(view_->tensors.size(), Store{});
  for (const LocalOp& op : view_->ops) {
    Store& store = stores_[static_cast<size_t>(op.output)];
    if (op_facts(*op.op).pools_map()) {
      store.own = Own::vector;
      continue;
    }
    if (op.reduction) {
      const auto in = static_cast<size_t>(view_->edges[static_cast<size_t>(op.edges_begin)].tensor);
      const bool several = view_->tensors[in].channels / op.op->groups > pe_rows;
      const bool accumulates = accumulates_[static_cast<size_t>(op.output)] != 0;
      store.partial = accumulates ? Partial::whole : (several ? Partial::sub_group : Partial::none);
      continue;
    }
    if (!may_overwrite(op)) continue;
    const Edge& e = view_->edges[static_cast<size_t>(op.edges_begin)];
    const auto in = static_cast<size_t>(e.tensor);
    if (!view_->tensors[in].private_to_reader || slice_[in] != slice_[static_cast<size_t>(op.output)])
      continue;
    store.own = Own::in_place;
    store.input = e.tensor;
    store.window_rows = op.op->window.kernel_h > 1 ? op.op->window.pad_top + 1 : 0;
  }
  for (const LocalOp& op : view_->ops) {
    if (op.op->kind != OpKind::concat) continue;
    const auto out = static_cast<size_t>(op.output);
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const auto in = static_cast<size_t>(view_->edges[static_cast<size_t>(k)].tensor);
      if (!view_->tensors[in].private_to_reader || stores_[in].partial != Partial::none) continue;
      if (slice_[in] != slice_[out] && slice_[out] != 0) continue;
      if (stores_[in].own == Own::vector) continue;
      // Elements of another width are converted.
      if (view_->tensors[in].piece_bytes != view_->tensors[out].piece_bytes) continue;
      stores_[in].own = Own::nothing;
    }
  }
}

size_t BrrResidency::storage_root(size_t tensor) const {
  while (stores_[tensor].own == Own::in_place) tensor = static_cast<size_t>(stores_[tensor].input);
  return tensor;
}

int64_t BrrResidency::partial_sum_row_bytes(size_t tensor, int64_t g) const {
  const Store& store = stores_[tensor];
  if (store.partial == Partial::none) return 0;
  const LocalTensor& t = view_->tensors[tensor];
  const int64_t c = store.partial == Partial::whole ? channels(tensor, g) : std::min(g, t.channels);
  return c * (t.sums_piece_bytes - t.piece_bytes);
}

int64_t BrrResidency::accumulator_bytes(size_t tensor) const {
  if (stores_[tensor].own != Own::vector) return 0;
  const LocalTensor& sums = view_->tensors[tensor];
  return sums.channels * sums.sums_piece_bytes;
}

void BrrResidency::tabulate(int64_t g, DoubleBuffer double_buffer, BrrStorageTable& table) const {
  const auto row_bytes = [&](size_t t) { return channels(t, g) * view_->tensors[t].piece_bytes; };
  table.constant_bytes = 0;
  table.row_bytes.assign(stores_.size(), 0);
  table.in_place.clear();
  table.ahead.clear();
  for (size_t t = 0; t < stores_.size(); ++t) {
    const Store& store = stores_[t];
    switch (store.own) {
      case Own::tile:
        table.row_bytes[t] = row_bytes(t);
        break;
      case Own::vector:
        table.constant_bytes += accumulator_bytes(t);
        break;
      case Own::in_place:
        table.in_place.push_back({static_cast<int>(t), store.input, row_bytes(t),
                                  row_bytes(static_cast<size_t>(store.input)),
                                  store.window_rows * row_bytes(t)});
        break;
      case Own::nothing:
        break;
    }
    table.row_bytes[t] += partial_sum_row_bytes(t, g);
  }
  if (double_buffer != DoubleBuffer::all) return;
  for (int t = 0; t < view_->externals; ++t) {
    if (slice(static_cast<size_t>(t))) {
      table.row_bytes[static_cast<size_t>(t)] *= 2;
    } else {
      table.ahead.push_back(t);
    }
  }
}

}  // namespace fusesim
