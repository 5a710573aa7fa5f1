#include "lbdf.h"

#include <algorithm>

namespace fusesim::cost {

bool works_in_place(const GroupView& view, int tensor) {
  const LocalTensor& t = view.tensors[static_cast<size_t>(tensor)];
  if (t.producer < 0 || !t.private_to_reader) return false;
  if (view.ops[static_cast<size_t>(t.producer)].op->kind == OpKind::global_avg_pool) return false;
  const Edge& reader =
      view.edges[static_cast<size_t>(view.reader_edges[static_cast<size_t>(t.readers_begin)])];
  return view.ops[static_cast<size_t>(reader.op)].op->kind == OpKind::activation;
}

int64_t ring_row_bytes(const GroupView& view, int tensor, const Datatypes& types) {
  const LocalTensor& t = view.tensors[static_cast<size_t>(tensor)];
  const bool accumulates =
      t.producer >= 0 && view.ops[static_cast<size_t>(t.producer)].op->kind == OpKind::global_avg_pool;
  return t.channels * t.width * (accumulates ? types.partial_sum_bytes : types.activation_bytes);
}

void LbdfRings::run(const GroupView& view) {
  view_ = &view;
  const size_t n = view.tensors.size();
  made_.assign(n, 0);
  released_.assign(n, 0);
  rows_.assign(n, 1);
  outgoing_.clear();
  for (size_t i = 0; i < n; ++i) {
    if (view.tensors[i].outgoing) outgoing_.push_back(static_cast<int>(i));
  }
  for (int t = next_outgoing(); t >= 0; t = next_outgoing()) advance(t);
  for (size_t i = 0; i < n; ++i) {
    if (works_in_place(view, static_cast<int>(i))) rows_[i] = 0;
  }
}

int LbdfRings::next_outgoing() const {
  int best = -1;
  for (const int t : outgoing_) {
    const auto i = static_cast<size_t>(t);
    const int64_t rows = view_->tensors[i].rows;
    if (made_[i] == rows) continue;
    if (best < 0) {
      best = t;
      continue;
    }
    const auto b = static_cast<size_t>(best);
    if ((made_[i] + 1) * view_->tensors[b].rows < (made_[b] + 1) * rows) best = t;
  }
  return best;
}

int64_t LbdfRings::low(int tensor) const {
  const auto i = static_cast<size_t>(tensor);
  const LocalTensor& t = view_->tensors[i];
  if (t.readers_begin == t.readers_end) return made_[i];
  int64_t result = t.rows;
  for (int r = t.readers_begin; r < t.readers_end; ++r) {
    const Edge& e = view_->edges[static_cast<size_t>(view_->reader_edges[static_cast<size_t>(r)])];
    const int64_t y = made_[static_cast<size_t>(view_->ops[static_cast<size_t>(e.op)].output)];
    if (y == e.out_rows) continue;
    const int64_t first = e.rule == RowRule::stream ? made_[i] : e.first(y);
    result = std::min(result, first);
  }
  return result;
}

void LbdfRings::note(int tensor) {
  const auto i = static_cast<size_t>(tensor);
  rows_[i] = std::max(rows_[i], made_[i] - released_[i]);
  released_[i] = std::max(released_[i], low(tensor));
}

void LbdfRings::advance(int tensor) {
  const auto i = static_cast<size_t>(tensor);
  const int producer = view_->tensors[i].producer;
  if (producer < 0) {
    ++made_[i];
    note(tensor);
    return;
  }
  const LocalOp& op = view_->ops[static_cast<size_t>(producer)];
  const int64_t y = made_[i];
  for (int k = op.edges_begin; k < op.edges_end; ++k) {
    const Edge& e = view_->edges[static_cast<size_t>(k)];
    const int64_t need = e.end(y);
    while (made_[static_cast<size_t>(e.tensor)] < need) advance(e.tensor);
  }
  ++made_[i];
  note(tensor);
  for (int k = op.edges_begin; k < op.edges_end; ++k) {
    const int u = view_->edges[static_cast<size_t>(k)].tensor;
    const auto ui = static_cast<size_t>(u);
    released_[ui] = std::max(released_[ui], low(u));
  }
}

}  // namespace fusesim::cost
