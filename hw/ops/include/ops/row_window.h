#pragma once

#include <algorithm>
#include <cstdint>

#include "fusesim/graph/graph.h"
#include "fusesim/graph/op_facts.h"
#include "ops/ranges.h"

namespace fusesim::hw {

/// An exact fraction num / den, den > 0.
struct Coordinate {
  int64_t num = 0;
  int64_t den = 1;
};

/// Source coordinate of output row y when in_h rows become out_h rows (ONNX Resize), not yet clamped to the
/// map.
inline Coordinate resize_coordinate(ResizeCoordinates mode, int64_t in_h, int64_t out_h, int64_t y) {
  switch (mode) {
    case ResizeCoordinates::asymmetric:
      return {y * in_h, out_h};
    case ResizeCoordinates::align_corners:
      return out_h == 1 ? Coordinate{} : Coordinate{y * (in_h - 1), out_h - 1};
    case ResizeCoordinates::pytorch_half_pixel:
      if (out_h == 1) return {};
      break;
    case ResizeCoordinates::half_pixel:
      break;
  }
  return {(2 * y + 1) * in_h - out_h, 2 * out_h};
}

inline int64_t round_coordinate(ResizeRounding rounding, const Coordinate& x) {
  switch (rounding) {
    case ResizeRounding::floor:
      return floor_div(x.num, x.den);
    case ResizeRounding::ceil:
      return ceil_div(x.num, x.den);
    case ResizeRounding::round_prefer_ceil:
      return floor_div(2 * x.num + x.den, 2 * x.den);
    case ResizeRounding::round_prefer_floor:
      break;
  }
  return ceil_div(2 * x.num - x.den, 2 * x.den);
}

/// Source rows of output row y of a resize from in_h to out_h rows: one for nearest; for linear the floor and
/// ceiling of the clamped coordinate (one where they agree).
inline RowRange resize_rows(const Resize& resize, int64_t in_h, int64_t out_h, int64_t y) {
  const Coordinate x = resize_coordinate(resize.coordinates, in_h, out_h, y);
  if (resize.mode == ResizeMode::nearest) {
    const int64_t row = std::clamp<int64_t>(round_coordinate(resize.rounding, x), 0, in_h - 1);
    return {row, row + 1};
  }
  return {std::clamp<int64_t>(floor_div(x.num, x.den), 0, in_h - 1),
          std::clamp<int64_t>(ceil_div(x.num, x.den), 0, in_h - 1) + 1};
}

/// A window along one direction.
struct Span {
  int64_t kernel = 1, stride = 1, dilation = 1, pad = 0;
};
inline Span vertical_span(const Window& w) { return {w.kernel_h, w.stride_h, w.dilation_h, w.pad_top}; }
inline Span horizontal_span(const Window& w) { return {w.kernel_w, w.stride_w, w.dilation_w, w.pad_left}; }

/// Along one direction: the hull of the `in` elements that output element y of `out` takes, clipped to the
/// map.
inline RowRange elements_read(const Op& op, const Span& w, int64_t in, int64_t out, int64_t y) {
  const int64_t reach = (w.kernel - 1) * w.dilation;
  const auto clip = [in](int64_t first, int64_t last) {
    return RowRange{std::clamp<int64_t>(first, 0, in), std::clamp<int64_t>(last, 0, in)};
  };
  switch (op_facts(op).rows) {
    case RowUse::window:
      return clip(y * w.stride - w.pad, y * w.stride - w.pad + reach + 1);
    case RowUse::transposed: {
      const int64_t at = y + w.pad;
      return clip(ceil_div(at - reach, w.stride), floor_div(at, w.stride) + 1);
    }
    case RowUse::resized:
      return resize_rows(op.resize, in, out, y);
    case RowUse::pooled:
    case RowUse::whole:
      return {0, in};
    case RowUse::own:
      break;
  }
  return {y, y + 1};
}

/// The hull of the rows of input `input` that output row y of `op` reads, clipped to the map. Both ends never
/// fall as y grows. Rows between the taps of a dilated window belong to the hull although they contribute
/// nothing. A window that lies in the padding, or between the rows of a conv_transpose, gives an empty range.
inline RowRange rows_read(const Graph& graph, const Op& op, size_t input, int64_t y) {
  const int64_t in_h = graph.in_shape(op, input).h;
  if (reads_every_row(graph, op, input)) return {0, in_h};
  return elements_read(op, vertical_span(op.window), in_h, graph.out_shape(op).h, y);
}

/// Along one direction of a conv_transpose: pairs of input element and kernel position whose product falls on
/// one of the output elements [first, last). Products that fall outside the output map are none.
inline int64_t transposed_products(int64_t in, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad,
                                   int64_t first, int64_t last) {
  int64_t pairs = 0;
  for (int64_t k = 0; k < kernel; ++k) {
    const int64_t shift = pad - k * dilation;  // input element i meets output element i * stride - shift
    const int64_t from = std::max<int64_t>(0, ceil_div(first + shift, stride));
    const int64_t to = std::min(in, ceil_div(last + shift, stride));
    pairs += std::max<int64_t>(0, to - from);
  }
  return pairs;
}

}  // namespace fusesim::hw
