#include "brr/tiling.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

constexpr int64_t kRatioLimit = int64_t{1} << 40;
constexpr const char* kTooFarApart = "row ratios are too far apart";

/// Row scaling of an edge, or 0/0 if it carries none.
std::pair<int64_t, int64_t> scaling(const Edge& e) {
  switch (e.rule) {
    case RowRule::window:
      return {e.stride, 1};
    case RowRule::transpose:
      return {1, e.stride};
    case RowRule::resize:
      return {e.rows, e.out_rows};
    case RowRule::whole:
    case RowRule::stream:
      break;
  }
  return {0, 0};
}

/// a/b * num/den as a fraction in lowest terms. All are positive, a and b at most kRatioLimit and in lowest
/// terms; a part of the result that 64 bits do not hold is above kRatioLimit.
std::pair<int64_t, int64_t> reduced(int64_t a, int64_t b, int64_t num, int64_t den) {
  const int64_t common = std::gcd(num, den);
  num /= common;
  den /= common;
  const int64_t across = std::gcd(a, den);
  const int64_t back = std::gcd(num, b);
  const auto product = [](int64_t x, int64_t y) {
    int64_t result = 0;
    return __builtin_mul_overflow(x, y, &result) ? std::numeric_limits<int64_t>::max() : result;
  };
  return {product(a / across, num / back), product(b / back, den / across)};
}

/// x * y, or nothing from 2^61 on.
std::optional<int64_t> small_product(int64_t x, int64_t y) {
  int64_t result = 0;
  if (__builtin_mul_overflow(x, y, &result) || result >= int64_t{1} << 61) return std::nullopt;
  return result;
}

}  // namespace

std::string BrrTiling::prepare(const GroupView& view) {
  view_ = &view;
  const size_t n = view.tensors.size();
  remade_.assign(n, 0);
  regular_ = true;
  for (const Edge& e : view.edges) {
    const auto t = static_cast<size_t>(e.tensor);
    if (e.rule == RowRule::whole && view.tensors[t].producer >= 0) remade_[t] = 1;
    regular_ = regular_ && (e.rule == RowRule::window || e.rule == RowRule::stream);
  }
  for (const LocalTensor& t : view.tensors) {
    const bool pooled =
        t.producer >= 0 && op_facts(*view.ops[static_cast<size_t>(t.producer)].op).pools_map();
    if (pooled && t.readers_begin != t.readers_end) return pooled_inside_reason(view, t);
  }
  for (const Edge& e : view.edges) {
    const LocalOp& op = view.ops[static_cast<size_t>(e.op)];
    if (op_facts(*op.op).channels != ChannelUse::multiplied || e.rule != RowRule::whole) continue;
    if (view.tensors[static_cast<size_t>(e.tensor)].producer >= 0) return matrix_inside_reason(*op.op);
  }
  std::string reason = find_ratios();
  if (reason.empty()) reason = find_steps();
  return reason;
}

std::string BrrTiling::find_ratios() {
  const size_t n = view_->tensors.size();
  ratio_num_.assign(n, 0);
  ratio_den_.assign(n, 1);
  std::vector<int> open;
  std::string disagreement;
  for (size_t root = 0; root < n; ++root) {
    if (ratio_num_[root] != 0) continue;
    ratio_num_[root] = 1;
    open.assign(1, static_cast<int>(root));
    while (!open.empty()) {
      const auto t = static_cast<size_t>(open.back());
      open.pop_back();
      const auto visit = [&](const Edge& e, bool forward) -> bool {
        const auto [num, den] = scaling(e);
        if (num == 0) return true;
        const auto other =
            static_cast<size_t>(forward ? view_->ops[static_cast<size_t>(e.op)].output : e.tensor);
        const auto [rn, rd] = reduced(ratio_num_[t], ratio_den_[t], forward ? num : den, forward ? den : num);
        if (rn > kRatioLimit || rd > kRatioLimit) {
          disagreement = kTooFarApart;
          return false;
        }
        if (ratio_num_[other] == 0) {
          ratio_num_[other] = rn;
          ratio_den_[other] = rd;
          open.push_back(static_cast<int>(other));
          return true;
        }
        if (ratio_num_[other] == rn && ratio_den_[other] == rd) return true;
        disagreement = "row ratios disagree along two paths that meet at op '" +
                       view_->ops[static_cast<size_t>(e.op)].op->name + "'";
        return false;
      };
      bool agree = true;
      const LocalTensor& tensor = view_->tensors[t];
      for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
        agree = agree &&
                visit(view_->edges[static_cast<size_t>(view_->reader_edges[static_cast<size_t>(r)])], true);
      }
      if (tensor.producer >= 0) {
        const LocalOp& op = view_->ops[static_cast<size_t>(tensor.producer)];
        for (int k = op.edges_begin; k < op.edges_end; ++k) {
          agree = agree && visit(view_->edges[static_cast<size_t>(k)], false);
        }
      }
      if (!agree) return disagreement;
    }
  }
  return "";
}

std::string BrrTiling::find_steps() {
  const size_t n = view_->tensors.size();
  step_.assign(n, 0);
  for (size_t t = 0; t < n; ++t) {
    const LocalTensor& tensor = view_->tensors[t];
    const bool pooled =
        tensor.producer >= 0 && op_facts(*view_->ops[static_cast<size_t>(tensor.producer)].op).pools_map();
    if (tensor.outgoing && !pooled) step_[t] = 1;
    for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
      if (view_->edges[static_cast<size_t>(view_->reader_edges[static_cast<size_t>(r)])].rule ==
          RowRule::stream) {
        step_[t] = 1;
      }
    }
  }
  // lcm of the reduced fractions num/den: lcm of the numerators over gcd of the denominators
  int64_t num = 1;
  int64_t den = 0;
  for (size_t t = 0; t < n; ++t) {
    if (step_[t] == 0) continue;
    const std::optional<int64_t> lcm = small_product(num / std::gcd(num, ratio_num_[t]), ratio_num_[t]);
    if (!lcm || *lcm > kRatioLimit) return kTooFarApart;
    num = *lcm;
    den = std::gcd(den, ratio_den_[t]);
  }
  max_tile_rows_ = 1;
  for (size_t t = 0; t < n; ++t) {
    if (step_[t] == 0 || den == 0) continue;  // no denominator: no tensor has a step
    const std::optional<int64_t> step = small_product(num / ratio_num_[t], ratio_den_[t] / den);
    if (!step) return kTooFarApart;
    max_tile_rows_ = std::max(max_tile_rows_, (view_->tensors[t].rows + *step - 1) / *step);
    step_[t] = *step;
  }
  // A tile ends no further than two tiles of most rows.
  for (size_t t = 0; t < n; ++t) {
    if (!small_product(step_[t], 2 * max_tile_rows_)) return kTooFarApart;
  }
  list_steps();
  find_pitches(num, den);
  return "";
}

/// lcm / ratio, a whole number unless the tensor belongs to another component than the sinks.
void BrrTiling::find_pitches(int64_t num, int64_t den) {
  pitch_.assign(view_->tensors.size(), 0);
  for (size_t t = 0; t < pitch_.size(); ++t) {
    const std::optional<int64_t> numerator = small_product(num, ratio_den_[t]);
    const std::optional<int64_t> denominator = small_product(den, ratio_num_[t]);
    const bool whole = numerator && denominator && *denominator != 0 && *numerator % *denominator == 0;
    if (!whole || !small_product(*numerator / *denominator, 2 * max_tile_rows_)) {
      regular_ = false;
      continue;
    }
    pitch_[t] = *numerator / *denominator;
  }
}

int64_t BrrTiling::shift(size_t tensor, int64_t tile_rows) const { return pitch_[tensor] * tile_rows; }

int64_t BrrTiling::tiles(int64_t tile_rows) const { return (max_tile_rows_ + tile_rows - 1) / tile_rows; }

BrrTiling::Interval BrrTiling::read(const Edge& e) const {
  const Interval& out = now_[static_cast<size_t>(view_->ops[static_cast<size_t>(e.op)].output)];
  return out.empty() ? Interval{} : rows_read(e, out);
}

/// Rows between the first and the last that output rows [out.lo, out.hi) read;
/// those that see only padding read none.
BrrTiling::Interval BrrTiling::rows_read(const Edge& e, Interval out) {
  while (!out.empty() && e.first(out.lo) >= e.end(out.lo)) ++out.lo;
  while (!out.empty() && e.first(out.hi - 1) >= e.end(out.hi - 1)) --out.hi;
  return out.empty() ? Interval{} : Interval{e.first(out.lo), e.end(out.hi - 1)};
}

void BrrTiling::list_steps() {
  walk_.clear();
  sinks_.clear();
  streaming_edges_.clear();
  for (size_t o = view_->ops.size(); o-- > 0;) {
    const LocalOp& op = view_->ops[o];
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const Edge& e = view_->edges[static_cast<size_t>(k)];
      if (e.rule == RowRule::stream) continue;
      walk_.push_back({e.stride, e.pad, e.extent, e.rows, e.tensor, op.output, k, e.rule == RowRule::window});
      if (e.tensor < view_->externals) streaming_edges_.push_back(k);
    }
  }
  for (size_t t = 0; t < step_.size(); ++t) {
    if (step_[t] > 0 || remade_[t] != 0) sinks_.push_back(static_cast<int>(t));
  }
}

bool BrrTiling::tile(int64_t tile_rows, int64_t index) {
  bool unclipped = regular_;
  std::fill(now_.begin(), now_.end(), Interval{});
  for (const int sink : sinks_) {
    const auto t = static_cast<size_t>(sink);
    const int64_t rows = view_->tensors[t].rows;
    const int64_t lo = index * step_[t] * tile_rows;
    const int64_t hi = (index + 1) * step_[t] * tile_rows;
    unclipped = unclipped && hi <= rows;
    if (lo < rows && hi > 0) now_[t] = {lo, std::min(rows, hi)};
    if (remade_[t] != 0) now_[t] = {0, rows};
  }
  for (const Step& s : walk_) {
    const Interval& out = now_[static_cast<size_t>(s.output)];
    if (out.lo >= out.hi) continue;
    int64_t lo = out.lo * s.stride - s.pad;
    int64_t hi = (out.hi - 1) * s.stride - s.pad + s.extent;
    const bool ends_see_data = lo < s.rows && lo + s.extent > 0 && hi > 0 && hi - s.extent < s.rows;
    if (s.window && ends_see_data) {
      unclipped = unclipped && lo >= 0 && hi <= s.rows;
      lo = std::max<int64_t>(lo, 0);
      hi = std::min(hi, s.rows);
    } else {
      unclipped = false;
      const Interval rows = rows_read(view_->edges[static_cast<size_t>(s.edge)], out);
      lo = rows.lo;
      hi = rows.hi;
    }
    if (lo >= hi) continue;
    Interval& in = now_[static_cast<size_t>(s.tensor)];
    in.lo = std::min(in.lo, lo);
    in.hi = std::max(in.hi, hi);
  }
  return unclipped;
}

int64_t BrrTiling::copies(int64_t tile_rows, int64_t index) const {
  int64_t count = tiles(tile_rows) - index - 1;
  for (size_t t = 0; t < now_.size(); ++t) {
    if (now_[t].empty()) continue;
    const int64_t pitch = shift(t, tile_rows);
    if (pitch > 0) count = std::min(count, (view_->tensors[t].rows - now_[t].hi) / pitch);
  }
  return std::max<int64_t>(count, 0);
}

const std::vector<int64_t>& BrrTiling::first_tile(int64_t tile_rows) {
  now_.resize(view_->tensors.size());
  longest_.resize(now_.size());
  tile(tile_rows, 0);
  for (size_t t = 0; t < now_.size(); ++t) longest_[t] = std::max<int64_t>(0, now_[t].hi - now_[t].lo);
  return longest_;
}

/// The tile in now_ and the `repeats` tiles after it that are copies of it.
void BrrTiling::note_lengths(int64_t index, int64_t tile_rows, int64_t repeats) {
  for (size_t t = 0; t < now_.size(); ++t) longest_[t] = std::max(longest_[t], now_[t].hi - now_[t].lo);
  for (size_t t = 0; t < before_.size(); ++t) {
    Interval& before = before_[t];
    const Interval& now = now_[t];
    if (now.empty()) {
      before = now;
      continue;
    }
    const int64_t length = now.hi - now.lo;
    const int64_t both = std::max<int64_t>(0, std::min(now.hi, before.hi) - std::max(now.lo, before.lo));
    const int64_t step = repeats > 0 ? shift(t, tile_rows) : 0;
    if (index > 0) added_[t] = std::max(added_[t], length - both);
    if (repeats > 0) added_[t] = std::max(added_[t], std::min(length, step));
    before = {now.lo + repeats * step, now.hi + repeats * step};
  }
}

void BrrTiling::run(int64_t tile_rows) {
  const size_t n = view_->tensors.size();
  now_.resize(n);
  longest_.assign(n, 0);
  added_.assign(n, 0);
  before_.assign(static_cast<size_t>(view_->externals), Interval{});
  streamed_.assign(view_->edges.size(), 0);
  covered_.assign(view_->edges.size(), 0);
  last_end_.assign(view_->edges.size(), -1);
  shapes_.clear();
  const int64_t count = tiles_ = tiles(tile_rows);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t repeats = tile(tile_rows, i) ? copies(tile_rows, i) : 0;
    note_lengths(i, tile_rows, repeats);
    shapes_.push_back({repeats + 1, std::vector<int64_t>(n, 0)});
    for (size_t t = 0; t < n; ++t) shapes_.back().rows[t] = std::max<int64_t>(0, now_[t].hi - now_[t].lo);
    for (const int edge : streaming_edges_) {
      const auto k = static_cast<size_t>(edge);
      const Edge& e = view_->edges[k];
      const Interval rows = read(e);
      if (rows.empty()) continue;
      if (last_end_[k] < 0) streamed_[k] = covered_[k] = rows.lo;
      const int64_t step = repeats > 0 ? shift(static_cast<size_t>(e.tensor), tile_rows) : 0;
      streamed_[k] += (rows.hi - rows.lo) * (repeats + 1);
      covered_[k] += std::max<int64_t>(0, rows.hi - std::max(rows.lo, last_end_[k])) +
                     std::min(rows.hi - rows.lo, step) * repeats;
      last_end_[k] = rows.hi + repeats * step;
    }
    i += repeats;
  }
  for (int t = 0; t < view_->externals; ++t) {
    const LocalTensor& tensor = view_->tensors[static_cast<size_t>(t)];
    for (int r = tensor.readers_begin; r < tensor.readers_end; ++r) {
      const auto k = static_cast<size_t>(view_->reader_edges[static_cast<size_t>(r)]);
      const bool never_read = last_end_[k] < 0 && view_->edges[k].rule != RowRule::stream;
      const int64_t below = never_read ? 0 : tensor.rows - std::max<int64_t>(last_end_[k], 0);
      streamed_[k] += below;
      covered_[k] += below;
    }
  }
}

void BrrTiling::count_streamed(int64_t tile_rows, int edge, std::vector<int64_t>& counts) {
  const Edge& e = view_->edges[static_cast<size_t>(edge)];
  now_.resize(view_->tensors.size());
  int64_t last = -1;
  if (e.rule != RowRule::stream) {
    const int64_t count = tiles(tile_rows);
    for (int64_t i = 0; i < count; ++i) {
      tile(tile_rows, i);
      const Interval rows = read(e);
      if (rows.empty()) continue;
      for (int64_t y = last < 0 ? 0 : rows.lo; y < rows.hi; ++y) ++counts[static_cast<size_t>(y)];
      last = rows.hi;
    }
    if (last < 0) return;
  }
  for (int64_t y = std::max<int64_t>(last, 0); y < e.rows; ++y) ++counts[static_cast<size_t>(y)];
}

}  // namespace fusesim
