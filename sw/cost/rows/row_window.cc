#include "rows/row_window.h"

#include <algorithm>
#include <utility>

#include "fusesim/graph/op_facts.h"

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

RowRule rule_of(const Op& op, bool broadcast) {
  if (broadcast) return RowRule::whole;
  switch (op_facts(op).rows) {
    case RowUse::own:
    case RowUse::window:
      return RowRule::window;
    case RowUse::transposed:
      return RowRule::transpose;
    case RowUse::resized:
      return RowRule::resize;
    case RowUse::pooled:
      return RowRule::stream;
    case RowUse::whole:
      break;
  }
  return RowRule::whole;
}

/// One side of Op::window.
struct WindowSide {
  int64_t kernel, stride, dilation, pad;
};

/// What an operand of so many rows is read for; rows may be columns.
RowWindow window_along(const Op& op, const WindowSide& side, int64_t rows, int64_t out_rows, bool whole) {
  RowWindow w;
  w.rule = rule_of(op, whole);
  w.rows = rows;
  w.out_rows = out_rows;
  w.resize = &op.resize;
  if (w.rule == RowRule::transpose || op_facts(op).rows == RowUse::window) {
    w.stride = side.stride;
    w.pad = side.pad;
    w.extent = (side.kernel - 1) * side.dilation + 1;
    w.dilation = side.dilation;
  }
  return w;
}

}  // namespace

RowWindow row_window(const Graph& graph, const Op& op, size_t operand) {
  const Window& w = op.window;
  return window_along(op, {w.kernel_h, w.stride_h, w.dilation_h, w.pad_top}, graph.in_shape(op, operand).h,
                      graph.out_shape(op).h, reads_every_row(graph, op, operand));
}

RowWindow column_window(const Graph& graph, const Op& op, size_t operand) {
  const Window& w = op.window;
  return window_along(op, {w.kernel_w, w.stride_w, w.dilation_w, w.pad_left}, graph.in_shape(op, operand).w,
                      graph.out_shape(op).w, reads_every_column(graph, op, operand));
}

bool RowWindow::takes(int64_t row, int64_t y) const {
  switch (rule) {
    case RowRule::window:
      return (row - (y * stride - pad)) % dilation == 0;
    case RowRule::transpose:
      return (y + pad - row * stride) % dilation == 0;
    case RowRule::resize:
    case RowRule::whole:
    case RowRule::stream:
      break;
  }
  return true;
}

int64_t RowWindow::other_first(int64_t y) const {
  switch (rule) {
    case RowRule::transpose:
      return clip(ceil_div(y + pad - extent + 1, stride));
    case RowRule::resize:
      return resize_rows(*resize, y, rows, out_rows).first;
    case RowRule::window:
    case RowRule::whole:
    case RowRule::stream:
      break;
  }
  return 0;
}

int64_t RowWindow::other_end(int64_t y) const {
  switch (rule) {
    case RowRule::transpose:
      return clip(floor_div(y + pad, stride) + 1);
    case RowRule::resize:
      return resize_rows(*resize, y, rows, out_rows).second + 1;
    case RowRule::window:
    case RowRule::whole:
    case RowRule::stream:
      break;
  }
  return rows;
}

}  // namespace fusesim
