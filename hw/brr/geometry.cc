#include "geometry.h"

#include <algorithm>
#include <numeric>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"

namespace fusesim::hw {
namespace {

/// A positive fraction in lowest terms; num 0: unknown.
struct Ratio {
  int64_t num = 0;
  int64_t den = 1;

  bool known() const { return num != 0; }
  bool operator!=(const Ratio& o) const { return num != o.num || den != o.den; }
};

Ratio make_ratio(int64_t num, int64_t den) {
  const int64_t divisor = std::gcd(num, den);
  return {num / divisor, den / divisor};
}

Ratio times(const Ratio& a, const Ratio& b) {
  const Ratio left = make_ratio(a.num, b.den);
  const Ratio right = make_ratio(b.num, a.den);
  return {left.num * right.num, left.den * right.den};
}

Ratio inverse(const Ratio& a) { return {a.den, a.num}; }

/// Input rows per output row; unknown if the edge carries no ratio.
Ratio edge_ratio(const Graph& graph, const Op& op, size_t input) {
  if (reads_every_row(graph, op, input)) return {};
  switch (op_facts(op).rows) {
    case RowUse::window:
      return {op.window.stride_h, 1};
    case RowUse::transposed:
      return {1, op.window.stride_h};
    case RowUse::resized:
      return make_ratio(graph.in_shape(op, input).h, graph.out_shape(op).h);
    case RowUse::pooled:
    case RowUse::whole:
      return {};
    case RowUse::own:
      break;
  }
  return {1, 1};
}

/// Cumulative stride of every tensor: rows of the component's first tensor per row of this one.
class Strides {
 public:
  explicit Strides(const BrrGroup& group) : group_(group), strides_(group.tensors.size()) {
    for (const BrrOp& op : group.ops) {
      for (size_t j = 0; j < op.inputs.size(); ++j) {
        if (edge_ratio(*group.graph, *op.op, j).known()) spread_from(op.inputs[j]);
      }
      spread_from(op.output);
    }
    for (size_t t = 0; t < strides_.size(); ++t) spread_from(static_cast<int>(t));
  }
  const Ratio& of(int t) const { return strides_[static_cast<size_t>(t)]; }

 private:
  void spread_from(int t) {
    if (of(t).known()) return;
    strides_[static_cast<size_t>(t)] = {1, 1};
    std::vector<int> open{t};
    while (!open.empty()) {
      const int next = open.back();
      open.pop_back();
      const BrrTensor& tensor = group_.tensor(next);
      for (const int reader : tensor.readers) spread_over(reader, open);
      if (!tensor.external()) spread_over(tensor.producer, open);
    }
  }

  void spread_over(int o, std::vector<int>& open) {
    const BrrOp& op = group_.op(o);
    for (size_t j = 0; j < op.inputs.size(); ++j) {
      const Ratio ratio = edge_ratio(*group_.graph, *op.op, j);
      if (!ratio.known()) continue;
      const int u = op.inputs[j];
      if (of(u).known()) set(op.output, times(of(u), ratio), o, open);
      if (of(op.output).known()) set(u, times(of(op.output), inverse(ratio)), o, open);
    }
  }

  void set(int t, const Ratio& stride, int o, std::vector<int>& open) {
    Ratio& mine = strides_[static_cast<size_t>(t)];
    if (mine.known()) {
      if (mine != stride) {
        throw SimulationError(SimulationError::Guard::bad_schedule,
                              op_label(*group_.graph, group_.op(o).id) +
                                  ": the vertical strides of the group disagree at its operands");
      }
      return;
    }
    mine = stride;
    open.push_back(t);
  }

  const BrrGroup& group_;
  std::vector<Ratio> strides_;
};

RowRange hull(const RowRange& a, const RowRange& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.first, b.first), std::max(a.last, b.last)};
}

}  // namespace

int64_t BrrGeometry::most_added_rows(int tensor) const {
  int64_t most = 0;
  for (int64_t i = 1; i < tiles_; ++i) {
    const RowRange now = rows(tensor, i);
    const RowRange before = rows(tensor, i - 1);
    const RowRange both{std::max(now.first, before.first), std::min(now.last, before.last)};
    most = std::max(most, now.size() - (both.empty() ? 0 : both.size()));
  }
  return most;
}

std::vector<int64_t> BrrGeometry::places(int tensor) const {
  const auto height = static_cast<size_t>(group_.tensor(tensor).shape.h);
  std::vector<char> used(height, 0);
  for (int64_t i = 0; i < tiles_; ++i) {
    const RowRange range = rows(tensor, i);
    for (int64_t y = range.first; y < range.last; ++y) used[static_cast<size_t>(y)] = 1;
  }
  std::vector<int64_t> places(height, 0);
  for (size_t y = 1; y < height; ++y) places[y] = places[y - 1] + used[y - 1];
  return places;
}

RowRange needed_rows(const Graph& graph, const Op& op, size_t input, RowRange out) {
  while (!out.empty() && rows_read(graph, op, input, out.first).empty()) ++out.first;
  while (!out.empty() && rows_read(graph, op, input, out.last - 1).empty()) --out.last;
  if (out.empty()) return {};
  return {rows_read(graph, op, input, out.first).first, rows_read(graph, op, input, out.last - 1).last};
}

BrrGeometry::BrrGeometry(const BrrGroup& group, int64_t tile_rows)
    : group_(group), tile_rows_(tile_rows), scale_(group.tensors.size(), 0) {
  find_sinks();
  hull_.resize(static_cast<size_t>(tiles_) * group.tensors.size());
  for (int64_t i = 0; i < tiles_; ++i) find_hulls(i);
}

void BrrGeometry::find_sinks() {
  const Strides strides(group_);
  std::vector<int> sinks;
  Ratio common;
  for (size_t t = 0; t < group_.tensors.size(); ++t) {
    if (!group_.tensors[t].outgoing) continue;
    const BrrOp& maker = group_.op(group_.tensors[t].producer);
    const int sink = maker.facts.pools_map() ? maker.inputs[0] : static_cast<int>(t);
    sinks.push_back(sink);
    const Ratio& stride = strides.of(sink);
    common =
        common.known() ? Ratio{std::lcm(common.num, stride.num), std::gcd(common.den, stride.den)} : stride;
  }
  for (const int sink : sinks) {
    const Ratio scale = times(common, inverse(strides.of(sink)));
    scale_[static_cast<size_t>(sink)] = scale.num;
    tiles_ = std::max(tiles_, ceil_div(group_.tensor(sink).shape.h, scale.num * tile_rows_));
  }
}

RowRange BrrGeometry::own_rows(int tensor, int64_t tile) const {
  const int64_t rows = scale_[static_cast<size_t>(tensor)] * tile_rows_;
  const int64_t h = group_.tensor(tensor).shape.h;
  return {std::min(h, tile * rows), std::min(h, (tile + 1) * rows)};
}

RowRange BrrGeometry::read_rows(int op, size_t input, int64_t tile) const {
  const BrrOp& view = group_.op(op);
  if (view.facts.pools_map()) return own_rows(view.inputs[input], tile);
  if (reads_every_row(*group_.graph, *view.op, input) && !group_.tensor(view.inputs[input]).external()) {
    return {0, group_.tensor(view.inputs[input]).shape.h};
  }
  return needed_rows(*group_.graph, *view.op, input, rows(view.output, tile));
}

void BrrGeometry::find_hulls(int64_t tile) {
  for (size_t t = 0; t < group_.tensors.size(); ++t) {
    hull_[index(static_cast<int>(t), tile)] = own_rows(static_cast<int>(t), tile);
  }
  for (size_t i = group_.ops.size(); i-- > 0;) {
    const BrrOp& op = group_.ops[i];
    for (size_t j = 0; j < op.inputs.size(); ++j) {
      RowRange& mine = hull_[index(op.inputs[j], tile)];
      mine = hull(mine, read_rows(static_cast<int>(i), j, tile));
    }
  }
}

int64_t BrrGeometry::longest_rows(int tensor) const {
  int64_t longest = 0;
  for (int64_t i = 0; i < tiles_; ++i) longest = std::max(longest, rows(tensor, i).size());
  return longest;
}

}  // namespace fusesim::hw
