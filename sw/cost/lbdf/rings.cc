#include "lbdf/rings.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim {

namespace {

bool is_pooled(const GroupView& view, const LocalTensor& t) {
  return t.producer >= 0 && op_facts(*view.ops[static_cast<size_t>(t.producer)].op).pools_map();
}

}  // namespace

bool works_in_place(const GroupView& view, int tensor) {
  const LocalTensor& t = view.tensors[static_cast<size_t>(tensor)];
  if (t.producer < 0 || !t.private_to_reader || t.outgoing || is_pooled(view, t)) return false;
  const Edge& reader =
      view.edges[static_cast<size_t>(view.reader_edges[static_cast<size_t>(t.readers_begin)])];
  return op_facts(*view.ops[static_cast<size_t>(reader.op)].op).in_place == InPlace::own_row;
}

int64_t ring_row_bytes(const GroupView& view, int tensor) {
  const LocalTensor& t = view.tensors[static_cast<size_t>(tensor)];
  return t.channels * (is_pooled(view, t) ? t.sums_piece_bytes : t.piece_bytes);
}

void LbdfRings::prepare() {
  const size_t n = view_->tensors.size();
  tensors_.assign(n, Rows{});
  demands_.assign(view_->edges.size(), Demand{});
  outgoing_.clear();
  for (size_t k = 0; k < demands_.size(); ++k) {
    const Edge& e = view_->edges[k];
    Demand& d = demands_[k];
    d.tensor = e.tensor;
    d.window = e.rule == RowRule::window;
    d.begin = -e.pad;
    d.stride = e.stride;
    d.extent = e.extent;
    d.rows = e.rows;
    const LocalTensor& t = view_->tensors[static_cast<size_t>(e.tensor)];
    d.alone = t.readers_end - t.readers_begin == 1;
    if (d.window) {
      clip(d);
    } else {
      next(k, 0);
    }
  }
  for (size_t i = 0; i < n; ++i) {
    const LocalTensor& t = view_->tensors[i];
    Rows& rows = tensors_[i];
    rows.rows = t.rows;
    if (t.producer >= 0) {
      rows.edges_begin = view_->ops[static_cast<size_t>(t.producer)].edges_begin;
      rows.edges_end = view_->ops[static_cast<size_t>(t.producer)].edges_end;
    }
    rows.readers_begin = t.readers_begin;
    rows.readers_end = t.readers_end;
    rows.passes = t.readers_begin == t.readers_end;
    for (int r = t.readers_begin; r < t.readers_end; ++r) {
      const auto edge = static_cast<size_t>(view_->reader_edges[static_cast<size_t>(r)]);
      rows.passes = rows.passes || view_->edges[edge].rule == RowRule::stream;
    }
    update_low(rows);
    if (t.outgoing) outgoing_.push_back(static_cast<int>(i));
  }
}

void LbdfRings::run(const GroupView& view) {
  view_ = &view;
  prepare();
  if (outgoing_.size() == 1) {
    Rows& only = tensors_[static_cast<size_t>(outgoing_.front())];
    while (only.made < only.rows) advance(only);
  } else {
    while (Rows* next = next_outgoing()) advance(*next);
  }
  rows_.resize(tensors_.size());
  for (size_t i = 0; i < rows_.size(); ++i) {
    rows_[i] = works_in_place(view, static_cast<int>(i)) ? 0 : std::max<int64_t>(1, tensors_[i].peak);
  }
}

LbdfRings::Rows* LbdfRings::next_outgoing() {
  Rows* best = nullptr;
  for (const int t : outgoing_) {
    Rows& rows = tensors_[static_cast<size_t>(t)];
    if (rows.made == rows.rows) continue;
    if (best == nullptr || (rows.made + 1) * best->rows < (best->made + 1) * rows.rows) best = &rows;
  }
  return best;
}

void LbdfRings::clip(Demand& d) {
  const int64_t end = d.begin + d.extent;
  d.first = std::min(std::max<int64_t>(d.begin, 0), d.rows);
  d.end = std::min(std::max<int64_t>(end, 0), d.rows);
}

void LbdfRings::next(size_t edge, int64_t y) {
  const Edge& e = view_->edges[edge];
  Demand& d = demands_[edge];
  d.first = e.rule == RowRule::stream ? e.rows : e.first(y);
  d.end = e.end(y);
}

void LbdfRings::update_low(Rows& tensor) const {
  int64_t low = tensor.rows;
  for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
    low = std::min(low, demands_[static_cast<size_t>(view_->reader_edges[static_cast<size_t>(r)])].first);
  }
  tensor.low = low;
}

void LbdfRings::release(Rows& tensor) {
  const int64_t low = tensor.passes ? std::min(tensor.low, tensor.made) : tensor.low;
  tensor.released = std::max(tensor.released, low);
}

void LbdfRings::note(Rows& tensor) {
  tensor.peak = std::max(tensor.peak, tensor.made - tensor.released);
  release(tensor);
}

void LbdfRings::advance(Rows& tensor) {
  const auto begin = static_cast<size_t>(tensor.edges_begin);
  const auto end = static_cast<size_t>(tensor.edges_end);
  for (size_t k = begin; k < end; ++k) {
    const Demand& d = demands_[k];
    Rows& input = tensors_[static_cast<size_t>(d.tensor)];
    while (input.made < d.end) advance(input);
  }
  ++tensor.made;
  note(tensor);
  const bool finished = tensor.made == tensor.rows;
  for (size_t k = begin; k < end; ++k) {
    Demand& d = demands_[k];
    Rows& input = tensors_[static_cast<size_t>(d.tensor)];
    if (finished) {
      d.first = d.rows;
    } else if (d.window) {
      d.begin += d.stride;
      clip(d);
    } else {
      next(k, tensor.made);
    }
    if (d.alone) {
      input.low = d.first;
    } else {
      update_low(input);
    }
    release(input);
  }
}

}  // namespace fusesim
