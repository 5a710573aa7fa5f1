#include <algorithm>
#include <limits>

#include "local.h"
#include "ops/row_window.h"
#include "values/arithmetic.h"

namespace fusesim::hw {
namespace {

/// What a window of a pool has seen.
struct Seen {
  int64_t largest = std::numeric_limits<int64_t>::min();
  int64_t sum = 0;
  int64_t count = 0;
};

/// Elements of channel c under the window of row y, column x.
Seen look(const LocalRow& row, const std::vector<Channel>& rows, int64_t x) {
  const Window& w = row.op().window;
  Seen seen;
  for (const Channel& channel : rows) {
    for (int64_t k = 0; k < w.kernel_w; ++k) {
      const int64_t at = x * w.stride_w - w.pad_left + k * w.dilation_w;
      if (!channel.has(at)) continue;
      seen.largest = std::max(seen.largest, channel[at]);
      seen.sum += channel[at];
      ++seen.count;
    }
  }
  return seen;
}

int64_t largest_of(const LocalRow& row, const Seen& seen) {
  return seen.count > 0 ? seen.largest : row.unit.format().lowest();
}

int64_t mean_of(const LocalRow& row, const Seen& seen) {
  const Window& w = row.op().window;
  const int64_t divisor =
      row.op().count_include_pad ? w.kernel_h * w.kernel_w : std::max<int64_t>(1, seen.count);
  return rounded_quotient(seen.sum * (int64_t{1} << row.settings().scale), divisor);
}

/// Two neighbours and the share of the second, in parts of `whole`.
struct Between {
  int64_t first = 0;
  int64_t second = 0;
  int64_t share = 0;
  int64_t whole = 1;
};

Between between(const Resize& resize, int64_t in, int64_t out, int64_t at) {
  const Coordinate x = resize_coordinate(resize.coordinates, in, out, at);
  const int64_t below = floor_div(x.num, x.den);
  if (below < 0) return {0, 0, 0, x.den};
  if (below >= in - 1) return {in - 1, in - 1, 0, x.den};
  return {below, below + 1, x.num - below * x.den, x.den};
}

void nearest_row(const LocalRow& row) {
  const Op& op = row.op();
  const Shape& in = row.graph().in_shape(op);
  const Shape& out = row.graph().out_shape(op);
  const int64_t y = resize_rows(op.resize, in.h, out.h, row.y).first;
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    const Channel channel(row, 0, y, c);
    for (int64_t x = row.columns().first; x < row.columns().last; ++x)
      row.channel(c)[x - row.columns().first] = channel[resize_rows(op.resize, in.w, out.w, x).first];
  }
}

void linear_row(const LocalRow& row) {
  const Op& op = row.op();
  const Shape& in = row.graph().in_shape(op);
  const Shape& out = row.graph().out_shape(op);
  const Between v = between(op.resize, in.h, out.h, row.y);
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    const Channel above(row, 0, v.first, c);
    const Channel below(row, 0, v.share > 0 ? v.second : v.first, c);
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      const Between h = between(op.resize, in.w, out.w, x);
      const int64_t left = above[h.first] * (v.whole - v.share) + below[h.first] * v.share;
      const int64_t right = above[h.second] * (v.whole - v.share) + below[h.second] * v.share;
      row.channel(c)[x - row.columns().first] =
          rounded_quotient(left * (h.whole - h.share) + right * h.share, v.whole * h.whole);
    }
  }
}

}  // namespace

void pool_window(const LocalRow& row) {
  const Op& op = row.op();
  const bool mean = value_rule(row.graph(), op) == ValueRule::mean;
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    std::vector<Channel> rows;
    for (int64_t k = 0; k < op.window.kernel_h; ++k) {
      const int64_t r = row.y * op.window.stride_h - op.window.pad_top + k * op.window.dilation_h;
      if (r >= 0 && r < row.graph().in_shape(op).h) rows.emplace_back(row, 0, r, c);
    }
    for (int64_t x = row.columns().first; x < row.columns().last; ++x) {
      const Seen seen = look(row, rows, x);
      row.channel(c)[x - row.columns().first] = mean ? mean_of(row, seen) : largest_of(row, seen);
    }
  }
}

void crop_row(const LocalRow& row) {
  const Window& w = row.op().window;
  const int64_t r = row.y * w.stride_h - w.pad_top;
  if (r < 0 || r >= row.graph().in_shape(row.op()).h) return;  // the border
  for (int64_t c = row.outputs.first; c < row.outputs.last; ++c) {
    const Channel channel(row, 0, r, c);
    for (int64_t x = row.columns().first; x < row.columns().last; ++x)
      row.channel(c)[x - row.columns().first] = channel[x * w.stride_w - w.pad_left];
  }
}

void resize_row(const LocalRow& row) {
  switch (row.op().resize.mode) {
    case ResizeMode::nearest:
      return nearest_row(row);
    case ResizeMode::linear:
      return linear_row(row);
  }
}

}  // namespace fusesim::hw
