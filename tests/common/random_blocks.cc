#include "random_blocks.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim::testing {
namespace {

int64_t span(int64_t kernel, int64_t dilation) { return (kernel - 1) * dilation + 1; }

/// Raises the pads until the kernel fits into the padded map at least once.
void fit_pads(int64_t size, int64_t kernel_span, int64_t& before, int64_t& after) {
  while (size + before + after < kernel_span) ++(before <= after ? before : after);
}

/// Kinds beside activation whose rows and channels are made of their own, each alone.
std::vector<OpKind> other_functions() {
  std::vector<OpKind> kinds;
  for (const OpKind kind : kOpKinds) {
    const OpFacts facts = op_facts(kind);
    const bool own = facts.rows == RowUse::own && facts.channels == ChannelUse::own;
    if (own && kind != OpKind::activation) kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace

TensorId RandomBlocks::any_map() { return random_.pick(maps_); }

TensorId RandomBlocks::recent_map() {
  const int64_t last = static_cast<int64_t>(maps_.size()) - 1;
  return maps_[static_cast<size_t>(random_.range(std::max<int64_t>(0, last - 2), last))];
}

int64_t RandomBlocks::channels() {
  static const std::vector<int64_t> usual{1,  2,  3,  4,  5,  8,  9,  12, 16, 17,
                                          24, 31, 32, 33, 40, 48, 64, 65, 70};
  const int64_t c = random_.chance(50) ? random_.pick(usual) : random_.range(1, options_.max_channels);
  return std::min(c, options_.max_channels);
}

EltwiseKind RandomBlocks::eltwise_kind() {
  static const std::vector<EltwiseKind> kinds{EltwiseKind::add, EltwiseKind::add, EltwiseKind::mul,
                                              EltwiseKind::sub, EltwiseKind::div, EltwiseKind::max};
  return random_.pick(kinds);
}

void RandomBlocks::append_input() {
  const int64_t h = random_.chance(6) ? 1 : random_.range(2, options_.max_height);
  maps_.push_back(builder_.input({channels(), h, random_.range(1, options_.max_width)}));
}

void RandomBlocks::append_block() {
  using Block = TensorId (RandomBlocks::*)(TensorId);
  static const std::vector<Block> blocks{&RandomBlocks::single,
                                         &RandomBlocks::single,
                                         &RandomBlocks::single,
                                         &RandomBlocks::single,
                                         &RandomBlocks::residual,
                                         &RandomBlocks::residual,
                                         &RandomBlocks::strided_residual,
                                         &RandomBlocks::inception,
                                         &RandomBlocks::inception,
                                         &RandomBlocks::split_and_join,
                                         &RandomBlocks::read_twice,
                                         &RandomBlocks::pyramid,
                                         &RandomBlocks::head,
                                         &RandomBlocks::outer_product,
                                         &RandomBlocks::squeeze_and_excite,
                                         &RandomBlocks::spatial_attention};
  if (random_.chance(6)) append_input();
  const TensorId x = random_.chance(80) ? recent_map() : any_map();
  if (options_.allow_opaque && random_.chance(4)) {
    maps_.push_back(opaque(x));
    return;
  }
  if (options_.allow_mixing && random_.chance(30)) {
    maps_.push_back(mixing(x));
    return;
  }
  maps_.push_back((this->*random_.pick(blocks))(x));
}

Window RandomBlocks::random_window(const Shape& in, bool allow_padding_only_rows) {
  static const std::vector<int64_t> kernels{1, 2, 3, 3, 3, 4, 5, 7};
  Window w;
  w.kernel_h = random_.pick(kernels);
  w.kernel_w = random_.pick(kernels);
  w.stride_h = random_.chance(60) ? 1 : random_.range(2, 4);
  w.stride_w = random_.range(1, 2);
  w.dilation_h = random_.chance(80) ? 1 : random_.range(2, 4);
  w.dilation_w = random_.chance(80) ? 1 : 2;
  const int64_t span_h = span(w.kernel_h, w.dilation_h);
  const int64_t span_w = span(w.kernel_w, w.dilation_w);
  if (random_.chance(60)) {
    w.pad_top = w.pad_bottom = span_h / 2;
    w.pad_left = w.pad_right = span_w / 2;
  } else {
    w.pad_top = random_.range(0, span_h - 1);
    w.pad_bottom = random_.range(0, span_h - 1);
    w.pad_left = random_.range(0, span_w - 1);
    w.pad_right = random_.range(0, span_w - 1);
  }
  if (allow_padding_only_rows && random_.chance(4)) w.pad_top += random_.range(1, 3);
  if (allow_padding_only_rows && random_.chance(4)) w.pad_bottom += random_.range(1, 3);
  fit_pads(in.h, span_h, w.pad_top, w.pad_bottom);
  fit_pads(in.w, span_w, w.pad_left, w.pad_right);
  return w;
}

TensorId RandomBlocks::single(TensorId x) {
  switch (random_.range(0, 11)) {
    case 0:
      return grouped_conv(x);
    case 1:
      return depthwise(x);
    case 2:
    case 3:
      return conv_transpose(x);
    case 4:
    case 5:
    case 6:
      return pool(x);
    case 7:
      return resize(x);
    case 8:
      return activation(x);
    default:
      return conv(x);
  }
}

TensorId RandomBlocks::conv(TensorId x) {
  ConvSpec spec{channels(), random_window(builder_.shape(x), true), 1, random_.chance(70)};
  if (random_.chance(25)) spec.window = Window{};
  return builder_.conv(x, spec);
}

TensorId RandomBlocks::grouped_conv(TensorId x) {
  std::vector<int64_t> divisors;
  const int64_t c = builder_.shape(x).c;
  for (int64_t d = 2; d < c; ++d) {
    if (c % d == 0) divisors.push_back(d);
  }
  if (divisors.empty()) return conv(x);
  const int64_t groups = random_.pick(divisors);
  const int64_t per_group = random_.range(1, std::max<int64_t>(1, options_.max_channels / groups));
  return builder_.conv(
      x, ConvSpec{groups * per_group, random_window(builder_.shape(x), true), groups, random_.chance(70)});
}

TensorId RandomBlocks::depthwise(TensorId x) {
  const Shape in = builder_.shape(x);
  const int64_t multiplier = random_.chance(30) && in.c <= options_.max_channels ? 2 : 1;
  return builder_.conv(x, ConvSpec{in.c * multiplier, random_window(in, true), in.c, random_.chance(70)});
}

TensorId RandomBlocks::same_size_conv(TensorId x, int64_t channels) {
  static const std::vector<int64_t> kernels{1, 1, 3, 3, 5};
  const int64_t dilation = random_.chance(85) ? 1 : 2;
  const int64_t kernel = random_.pick(kernels);
  ConvSpec spec{channels, square_window(kernel, 1, span(kernel, dilation) / 2, dilation), 1,
                random_.chance(70)};
  return builder_.conv(x, spec);
}

TensorId RandomBlocks::same_size_step(TensorId x) {
  switch (random_.range(0, 4)) {
    case 0:
      return builder_.conv(x,
                           ConvSpec{builder_.shape(x).c, square_window(3, 1, 1), builder_.shape(x).c, true});
    case 1:
      return builder_.avg_pool(x, square_window(3, 1, 1), random_.chance(50));
    case 2:
      return activation(x);
    default:
      return same_size_conv(x, channels());
  }
}

TensorId RandomBlocks::conv_transpose(TensorId x) {
  const Shape in = builder_.shape(x);
  ConvSpec spec{channels(), Window{}, 1, random_.chance(70)};
  Window& w = spec.window;
  w.kernel_h = random_.range(1, 4);
  w.kernel_w = random_.range(1, 4);
  w.stride_h = 2 * in.h > options_.max_height + 4 ? 1 : random_.range(1, 3);
  w.stride_w = 2 * in.w > options_.max_width + 4 ? 1 : random_.range(1, 3);
  w.dilation_h = random_.chance(80) ? 1 : 2;
  const int64_t extra_h = (in.h - 1) * w.stride_h + span(w.kernel_h, w.dilation_h) - 1;
  const int64_t extra_w = (in.w - 1) * w.stride_w + w.kernel_w - 1;
  w.pad_top = random_.range(0, std::min<int64_t>(extra_h / 2, w.kernel_h - 1));
  w.pad_bottom = random_.range(0, std::min<int64_t>(extra_h / 2, w.kernel_h - 1));
  w.pad_left = random_.range(0, std::min<int64_t>(extra_w / 2, w.kernel_w - 1));
  w.output_pad_h = random_.range(0, w.stride_h - 1);
  w.output_pad_w = random_.range(0, w.stride_w - 1);
  if (random_.chance(30)) {
    spec.groups = in.c;
    spec.channels = in.c * random_.range(1, in.c <= options_.max_channels ? 2 : 1);
  } else if (in.c % 2 == 0 && random_.chance(40)) {
    spec.groups = 2;
    spec.channels += spec.channels % 2;
  }
  return builder_.conv_transpose(x, spec);
}

TensorId RandomBlocks::pool(TensorId x) {
  Window w = random_window(builder_.shape(x), false);
  const int64_t span_h = span(w.kernel_h, w.dilation_h);
  const int64_t span_w = span(w.kernel_w, w.dilation_w);
  w.pad_top = std::min(w.pad_top, span_h / 2);
  w.pad_bottom = std::min(w.pad_bottom, span_h / 2);
  w.pad_left = std::min(w.pad_left, span_w / 2);
  w.pad_right = std::min(w.pad_right, span_w / 2);
  fit_pads(builder_.shape(x).h, span_h, w.pad_top, w.pad_bottom);
  fit_pads(builder_.shape(x).w, span_w, w.pad_left, w.pad_right);
  if (random_.chance(40)) w.stride_h = random_.range(2, 3);
  const bool ceil_mode = random_.chance(40);
  if (random_.chance(50)) return builder_.max_pool(x, w, ceil_mode);
  return builder_.avg_pool(x, w, random_.chance(50), ceil_mode);
}

TensorId RandomBlocks::resize_to(TensorId x, int64_t h, int64_t w) {
  Resize r;
  r.mode = random_.chance(50) ? ResizeMode::nearest : ResizeMode::linear;
  r.coordinates = static_cast<ResizeCoordinates>(random_.range(0, 3));
  r.rounding = static_cast<ResizeRounding>(random_.range(0, 3));
  return builder_.resize(x, h, w, r);
}

TensorId RandomBlocks::resize(TensorId x) {
  const Shape in = builder_.shape(x);
  const int64_t factor = random_.range(2, 3);
  const int64_t w = random_.range(1, options_.max_width);
  switch (random_.range(0, 2)) {
    case 0:
      return resize_to(x, random_.range(1, options_.max_height), w);
    case 1:
      if (in.h * factor <= options_.max_height * 2) return resize_to(x, in.h * factor, w);
      [[fallthrough]];
    default:
      return resize_to(x, std::max<int64_t>(1, in.h / factor), w);
  }
}

TensorId RandomBlocks::activation(TensorId x) {
  static const std::vector<std::string> plain{"Relu", "Clip", "Sigmoid", "HardSwish"};
  static const std::vector<OpKind> others = other_functions();
  if (!others.empty() && random_.chance(30)) return builder_.op(random_.pick(others), x);
  if (random_.chance(60)) return builder_.activation(x, random_.pick(plain));
  return builder_.activation(x, "Affine", random_.chance(80), random_.chance(60));
}

TensorId RandomBlocks::residual(TensorId x) {
  TensorId y = x;
  for (int64_t left = random_.range(0, 2); left > 0; --left) y = same_size_step(y);
  y = builder_.shape(y).c == builder_.shape(x).c && y != x && random_.chance(50)
          ? y
          : same_size_conv(y, builder_.shape(x).c);
  const TensorId sum = random_.chance(50) ? builder_.eltwise(eltwise_kind(), {y, x})
                                          : builder_.eltwise(eltwise_kind(), {x, y});
  return random_.chance(40) ? builder_.activation(sum, "Relu") : sum;
}

TensorId RandomBlocks::strided_residual(TensorId x) {
  const int64_t stride = random_.range(2, 3);
  const int64_t c = channels();
  const bool projection_first = random_.chance(50);
  const ConvSpec project{c, square_window(1, stride), 1, true};
  TensorId shortcut = projection_first ? builder_.conv(x, project) : -1;
  TensorId y = random_.chance(50) ? same_size_step(x) : x;
  y = builder_.conv(y, ConvSpec{c, square_window(3, stride, 1), 1, true});
  if (random_.chance(50)) y = same_size_conv(y, c);
  if (!projection_first) shortcut = builder_.conv(x, project);
  return builder_.add(y, shortcut);
}

TensorId RandomBlocks::squeeze_and_excite(TensorId x) {
  if (random_.chance(40)) x = depthwise(x);
  const int64_t c = builder_.shape(x).c;
  TensorId s = builder_.global_avg_pool(x);
  s = builder_.conv(s, ConvSpec{std::max<int64_t>(1, c / 4), Window{}, 1, true});
  if (random_.chance(50)) s = builder_.activation(s, "Relu");
  s = builder_.conv(s, ConvSpec{c, Window{}, 1, true});
  if (random_.chance(50)) s = builder_.activation(s, "HardSigmoid");
  return random_.chance(50) ? builder_.mul(s, x) : builder_.mul(x, s);
}

TensorId RandomBlocks::spatial_attention(TensorId x) {
  const TensorId map = builder_.conv(x, 1, random_.chance(50) ? 3 : 1);
  return random_.chance(50) ? builder_.mul(x, map) : builder_.mul(map, x);
}

TensorId RandomBlocks::inception(TensorId x) {
  std::vector<TensorId> branches;
  int64_t total = 0;
  for (int64_t left = random_.range(2, 4); left > 0; --left) {
    TensorId b = random_.chance(15) ? x : same_size_step(x);
    if (random_.chance(40)) b = same_size_step(b);
    if (total + builder_.shape(b).c > 2 * options_.max_channels && branches.size() >= 2) break;
    total += builder_.shape(b).c;
    branches.push_back(b);
  }
  return builder_.concat(branches);
}

TensorId RandomBlocks::split_and_join(TensorId x) {
  const int64_t c = builder_.shape(x).c;
  if (c < 2) return same_size_conv(x, channels());
  const int64_t cut = random_.range(1, c - 1);
  TensorId low = builder_.channel_slice(x, 0, cut);
  TensorId high = builder_.channel_slice(x, random_.chance(80) ? cut : cut / 2, c - cut);
  if (random_.chance(60)) low = same_size_step(low);
  if (random_.chance(60)) high = same_size_step(high);
  if (builder_.shape(low) == builder_.shape(high) && random_.chance(50)) return builder_.add(low, high);
  return random_.chance(50) ? builder_.concat({low, high}) : builder_.concat({high, low});
}

TensorId RandomBlocks::read_twice(TensorId x) {
  const TensorId y = random_.chance(60) ? same_size_conv(x, channels()) : x;
  if (builder_.shape(y).c <= options_.max_channels && random_.chance(40)) return builder_.concat({y, y});
  if (random_.chance(30)) return builder_.eltwise(EltwiseKind::add, {y, x == y ? x : y, y});
  return builder_.eltwise(eltwise_kind(), {y, y});
}

/// Brings two maps to one size and adds them.
TensorId RandomBlocks::pyramid(TensorId x) {
  const TensorId other = any_map();
  const Shape to = builder_.shape(other);
  const TensorId resized = resize_to(x, to.h, to.w);
  const TensorId lateral = same_size_conv(resized, to.c);
  return builder_.add(lateral, random_.chance(50) ? other : same_size_conv(other, to.c));
}

TensorId RandomBlocks::head(TensorId x) {
  const Shape in = builder_.shape(x);
  if (random_.chance(30) && in.elements() <= 600) return builder_.dense(x, channels());
  const TensorId mean = builder_.global_avg_pool(x);
  return random_.chance(60) ? builder_.conv(mean, ConvSpec{channels(), Window{}, 1, true}) : mean;
}

/// (C,1,1) times (1,H,W): no operand has the shape of the result.
TensorId RandomBlocks::outer_product(TensorId x) {
  if (random_.chance(70) || builder_.shape(x).h == 1) return residual(x);
  const TensorId map = builder_.conv(x, 1, 3);
  const TensorId mean = builder_.global_avg_pool(x);
  return random_.chance(50) ? builder_.mul(map, mean) : builder_.mul(mean, map);
}

TensorId RandomBlocks::opaque(TensorId x) {
  std::vector<TensorId> inputs{x};
  if (random_.chance(40)) inputs.push_back(any_map());
  const auto shape = [&] {
    return Shape{channels(), random_.range(1, options_.max_height), random_.range(1, options_.max_width)};
  };
  std::vector<Shape> outputs{shape()};
  if (random_.chance(30)) outputs.push_back(shape());
  const std::vector<TensorId> made =
      builder_.opaque(inputs, outputs, random_.chance(40) ? 37 : 0, random_.chance(30) ? 5 : 0);
  maps_.insert(maps_.end(), made.begin() + 1, made.end());
  return made.front();
}

}  // namespace fusesim::testing
