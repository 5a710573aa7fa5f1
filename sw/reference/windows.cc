#include <algorithm>
#include <limits>
#include <numeric>

#include "arithmetic.h"
#include "kernels.h"

namespace fusesim::reference {
namespace {

using at::Tensor;

constexpr int64_t kMostWeights = int64_t{4} << 20;  // elements converted at a time
constexpr int64_t kMostPatches = int64_t{8} << 20;  // elements that a convolution unfolds at a time

/// The map with exactly the border that the windows of the output reach.
Tensor padded(const Evaluation& e, const Tensor& x, double border) {
  const Window& w = e.op.window;
  const Shape out = e.out();
  const int64_t rows = (out.h - 1) * w.stride_h + (w.kernel_h - 1) * w.dilation_h + 1;
  const int64_t columns = (out.w - 1) * w.stride_w + (w.kernel_w - 1) * w.dilation_w + 1;
  const int64_t right = std::max<int64_t>(0, columns - w.pad_left - x.size(2));
  const int64_t below = std::max<int64_t>(0, rows - w.pad_top - x.size(1));
  // Windows may end before the map does, even within its padding.
  return at::constant_pad_nd(x, {w.pad_left, right, w.pad_top, below}, border)
      .narrow(1, 0, rows)
      .narrow(2, 0, columns);
}

/// What lies under tap (kh, kw) of every window of a padded map.
Tensor tap(const Evaluation& e, const Tensor& map, int64_t kh, int64_t kw) {
  const Window& w = e.op.window;
  const Shape out = e.out();
  const int64_t y = kh * w.dilation_h;
  const int64_t x = kw * w.dilation_w;
  return map.slice(1, y, y + (out.h - 1) * w.stride_h + 1, w.stride_h)
      .slice(2, x, x + (out.w - 1) * w.stride_w + 1, w.stride_w);
}

template <class Use>
void each_tap(const Evaluation& e, Use use) {
  for (int64_t kh = 0; kh < e.op.window.kernel_h; ++kh) {
    for (int64_t kw = 0; kw < e.op.window.kernel_w; ++kw) use(kh, kw);
  }
}

/// Weights of output channels [from, to) as (channels, inputs of a group, kernel rows, columns).
Tensor weights(const Evaluation& e, int64_t from, int64_t to) {
  const int64_t depth = e.graph.in_shape(e.op).c / e.op.groups;
  const Window& w = e.op.window;
  const int64_t each = depth * w.kernel_h * w.kernel_w;
  const Tensor result = at::empty({to - from, depth, w.kernel_h, w.kernel_w}, at::kDouble);
  std::copy(e.values.weights.begin() + from * each, e.values.weights.begin() + to * each,
            result.data_ptr<double>());
  return result;
}

Tensor depthwise(const Evaluation& e) {
  const Shape out = e.out();
  const Tensor map = padded(e, e.inputs[0], 0.0).repeat_interleave(out.c / e.op.groups, 0);
  const Tensor all = weights(e, 0, out.c);
  Tensor sum = at::zeros({out.c, out.h, out.w}, at::kDouble);
  each_tap(e, [&](int64_t kh, int64_t kw) {
    const Tensor weight = all.select(3, kw).select(2, kh).reshape({out.c, 1, 1});
    sum.add_(tap(e, map, kh, kw) * weight);
  });
  return sum;
}

/// One convolution group: its part of the padded map with output channels [from, to), band by band of rows.
void convolve(const Evaluation& e, const Tensor& map, int64_t from, int64_t to, Tensor& result) {
  const Window& w = e.op.window;
  const Shape out = e.out();
  const Tensor kernel = weights(e, from, to);
  const int64_t reach = (w.kernel_h - 1) * w.dilation_h + 1;
  const int64_t band = std::max<int64_t>(1, kMostPatches / (kernel.numel() / (to - from) * out.w));
  for (int64_t y = 0; y < out.h; y += band) {
    const int64_t rows = std::min(band, out.h - y);
    const Tensor part = map.narrow(1, y * w.stride_h, (rows - 1) * w.stride_h + reach).unsqueeze(0);
    const std::vector<int64_t> stride = {w.stride_h, w.stride_w};
    const std::vector<int64_t> dilation = {w.dilation_h, w.dilation_w};
    const std::vector<int64_t> none = {0, 0};
    const Tensor made = at::conv2d(part, kernel, {}, stride, none, dilation, 1);
    result.narrow(0, from, to - from).narrow(1, y, rows).copy_(made.squeeze(0));
  }
}

Tensor grouped(const Evaluation& e) {
  const Shape out = e.out();
  const Tensor map = padded(e, e.inputs[0], 0.0);
  const int64_t depth = map.size(0) / e.op.groups;
  const int64_t width = out.c / e.op.groups;
  const int64_t each = depth * e.op.window.kernel_h * e.op.window.kernel_w;
  const int64_t step = std::max<int64_t>(1, kMostWeights / each);
  Tensor result = at::empty({out.c, out.h, out.w}, at::kDouble);
  for (int64_t g = 0; g < e.op.groups; ++g) {
    const Tensor part = map.narrow(0, g * depth, depth);
    for (int64_t from = g * width; from < (g + 1) * width; from += step)
      convolve(e, part, from, std::min(from + step, (g + 1) * width), result);
  }
  return result;
}

Tensor transposed(const Evaluation& e) {
  const Window& w = e.op.window;
  const Shape out = e.out();
  const int64_t depth = e.graph.in_shape(e.op).c / e.op.groups;
  const int64_t width = out.c / e.op.groups;
  const Tensor kernel = weights(e, 0, out.c)
                            .reshape({e.op.groups, width, depth, w.kernel_h, w.kernel_w})
                            .transpose(1, 2)
                            .reshape({e.op.groups * depth, width, w.kernel_h, w.kernel_w});
  const Tensor whole = at::conv_transpose2d(e.inputs[0].unsqueeze(0), kernel, {}, {w.stride_h, w.stride_w},
                                            {0, 0}, {0, 0}, e.op.groups, {w.dilation_h, w.dilation_w})
                           .squeeze(0);
  return at::constant_pad_nd(whole, {-w.pad_left, out.w + w.pad_left - whole.size(2), -w.pad_top,
                                     out.h + w.pad_top - whole.size(1)});
}

/// Sources of the elements of one direction of a resize: two neighbours and the share of the second, in parts
/// of `whole`.
struct Sources {
  std::vector<int64_t> first, second;
  std::vector<double> share;
  int64_t whole = 1;
};

int64_t floor_of(int64_t a, int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

/// The place of element i of `out` among `in`, in parts of the second number.
std::pair<int64_t, int64_t> place(ResizeCoordinates mode, int64_t in, int64_t out, int64_t i) {
  switch (mode) {
    case ResizeCoordinates::asymmetric:
      return {i * in, out};
    case ResizeCoordinates::align_corners:
      return out == 1 ? std::pair<int64_t, int64_t>{0, 1}
                      : std::pair<int64_t, int64_t>{i * (in - 1), out - 1};
    case ResizeCoordinates::pytorch_half_pixel:
      if (out == 1) return {0, 1};
      break;
    case ResizeCoordinates::half_pixel:
      break;
  }
  return {(2 * i + 1) * in - out, 2 * out};
}

int64_t nearest(ResizeRounding rounding, int64_t at, int64_t parts) {
  switch (rounding) {
    case ResizeRounding::floor:
      return floor_of(at, parts);
    case ResizeRounding::ceil:
      return -floor_of(-at, parts);
    case ResizeRounding::round_prefer_ceil:
      return floor_of(2 * at + parts, 2 * parts);
    case ResizeRounding::round_prefer_floor:
      break;
  }
  return -floor_of(-(2 * at - parts), 2 * parts);
}

Sources sources(const Resize& how, int64_t in, int64_t out) {
  Sources result;
  for (int64_t i = 0; i < out; ++i) {
    const auto [at, parts] = place(how.coordinates, in, out, i);
    result.whole = parts;
    int64_t first = how.mode == ResizeMode::nearest ? nearest(how.rounding, at, parts) : floor_of(at, parts);
    const bool inside = how.mode == ResizeMode::linear && first >= 0 && first + 1 < in;
    result.share.push_back(inside ? static_cast<double>(at - first * parts) : 0.0);
    first = std::clamp<int64_t>(first, 0, in - 1);
    result.first.push_back(first);
    result.second.push_back(inside ? first + 1 : first);
  }
  return result;
}

Tensor taken(const Tensor& x, int64_t dimension, const std::vector<int64_t>& places) {
  return x.index_select(dimension, at::tensor(places, at::kLong));
}

/// Along one direction; results are in parts of sources.whole.
Tensor mixed(const Tensor& x, int64_t dimension, const Sources& from) {
  const auto size = static_cast<int64_t>(from.share.size());
  const std::vector<int64_t> along = {1, dimension == 1 ? size : 1, dimension == 1 ? 1 : size};
  const Tensor share = at::tensor(from.share, at::kDouble).reshape(along);
  const auto whole = static_cast<double>(from.whole);
  return taken(x, dimension, from.first) * (whole - share) + taken(x, dimension, from.second) * share;
}

}  // namespace

Tensor convolution(const Evaluation& e) {
  const Shape out = e.out();
  Tensor sum;
  if (e.values.weights.empty()) {
    sum = at::zeros({out.c, out.h, out.w}, at::kDouble);
  } else if (e.op.kind == OpKind::conv_transpose) {
    sum = transposed(e);
  } else {
    sum = is_depthwise(e.graph, e.op) ? depthwise(e) : grouped(e);
  }
  if (e.values.biases.empty()) return sum;
  const Tensor biases = at::empty({out.c, 1, 1}, at::kDouble);
  std::copy(e.values.biases.begin(), e.values.biases.end(), biases.data_ptr<double>());
  return sum + biases;
}

Made window_pool(const Evaluation& e) {
  constexpr double kOutside = -std::numeric_limits<double>::infinity();
  const Shape out = e.out();
  if (e.op.kind == OpKind::max_pool) {
    const Tensor map = padded(e, e.inputs[0], kOutside);
    Tensor most = at::full({out.c, out.h, out.w}, kOutside, at::kDouble);
    each_tap(e, [&](int64_t kh, int64_t kw) { most = at::maximum(most, tap(e, map, kh, kw)); });
    return as_it_is(at::clamp_min(most, static_cast<double>(e.format.lowest())));
  }
  const Tensor map = padded(e, e.inputs[0], 0.0);
  const Tensor inside = padded(e, at::ones_like(e.inputs[0].narrow(0, 0, 1)), 0.0);
  Tensor sum = at::zeros({out.c, out.h, out.w}, at::kDouble);
  Tensor count = at::zeros({1, out.h, out.w}, at::kDouble);
  each_tap(e, [&](int64_t kh, int64_t kw) {
    sum += tap(e, map, kh, kw);
    count += tap(e, inside, kh, kw);
  });
  if (e.op.count_include_pad) count.fill_(static_cast<double>(e.op.window.kernel_h * e.op.window.kernel_w));
  return scaled_quotient(sum, at::clamp_min(count, 1.0));
}

Tensor crop(const Evaluation& e) { return tap(e, padded(e, e.inputs[0], 0.0), 0, 0); }

Tensor resize(const Evaluation& e) {
  const Shape in = e.graph.in_shape(e.op);
  const Sources rows = sources(e.op.resize, in.h, e.out().h);
  const Sources columns = sources(e.op.resize, in.w, e.out().w);
  if (e.op.resize.mode == ResizeMode::nearest)
    return taken(taken(e.inputs[0], 1, rows.first), 2, columns.first);
  return rounded_quotient(mixed(mixed(e.inputs[0], 1, rows), 2, columns),
                          static_cast<double>(rows.whole * columns.whole));
}

}  // namespace fusesim::reference
