#include <algorithm>

#include "random_blocks.h"

namespace fusesim::testing {

/// Blocks of kinds that look at all channels of a position, at the whole map, or at a part of it.
TensorId RandomBlocks::mixing(TensorId x) {
  switch (random_.range(0, 9)) {
    case 0:
      return shuffle(x);
    case 1:
    case 8:
      return deepen_or_widen(x);
    case 2:
      return crop(x);
    case 3:
    case 4:
      return norm(x);
    case 5:
      return whole_map_norm(x);
    case 6:
      return channel_attention(x);
    case 9:
      return window_attention(x);
    default:
      return attention(x);
  }
}

int64_t RandomBlocks::divisor_of(int64_t channels) {
  std::vector<int64_t> divisors;
  for (int64_t d = 1; d <= channels; ++d) {
    if (channels % d == 0) divisors.push_back(d);
  }
  return random_.pick(divisors);
}

TensorId RandomBlocks::shuffle(TensorId x) {
  const int64_t c = 2 * random_.range(1, std::max<int64_t>(1, options_.max_channels / 2));
  if (random_.chance(60)) x = same_size_conv(x, c);
  int64_t groups = divisor_of(builder_.shape(x).c);
  if (groups == 1 || groups == builder_.shape(x).c) groups = divisor_of(builder_.shape(x).c);
  const int64_t block = random_.chance(60) ? 1 : divisor_of(builder_.shape(x).c / groups);
  const TensorId y = builder_.channel_shuffle(x, groups, block);
  return random_.chance(60) ? same_size_step(y) : y;
}

TensorId RandomBlocks::deepen_or_widen(TensorId x) {
  const Shape in = builder_.shape(x);
  const int64_t size = random_.range(2, 3);
  const bool innermost = random_.chance(50);
  const bool large = std::min(in.h, in.w) >= size && in.c * size * size <= 8 * options_.max_channels;
  if (large && random_.chance(75)) {
    Window whole_blocks;
    whole_blocks.pad_bottom = -(in.h % size);
    whole_blocks.pad_right = -(in.w % size);
    const bool fits = whole_blocks.pad_bottom == 0 && whole_blocks.pad_right == 0;
    const TensorId wide = fits ? x : builder_.crop(x, whole_blocks);
    return same_size_step(builder_.space_to_depth(wide, size, innermost));
  }
  if (in.h * size > 2 * options_.max_height || in.w * size > 2 * options_.max_width) return norm(x);
  const int64_t most = std::max<int64_t>(1, 2 * options_.max_channels / (size * size));
  const TensorId deep = same_size_conv(x, size * size * random_.range(1, most));
  return builder_.depth_to_space(deep, size, innermost);
}

TensorId RandomBlocks::crop(TensorId x) {
  const Shape in = builder_.shape(x);
  if (random_.chance(40)) x = same_size_conv(x, channels());
  Window w;
  const auto pad = [this](int64_t size) {
    return random_.chance(60) ? -random_.range(0, (size - 1) / 2) : random_.range(0, 2);
  };
  w.pad_top = pad(in.h);
  w.pad_bottom = pad(in.h);
  w.pad_left = pad(in.w);
  w.pad_right = pad(in.w);
  w.stride_h = random_.chance(70) ? 1 : random_.range(2, 3);
  w.stride_w = random_.range(1, 2);
  const TensorId y = builder_.crop(x, w);
  return random_.chance(60) ? same_size_conv(y, channels()) : y;
}

TensorId RandomBlocks::norm(TensorId x) {
  if (random_.chance(60)) x = same_size_step(x);
  const TensorId y =
      builder_.norm(x, divisor_of(builder_.shape(x).c), random_.chance(60), random_.chance(50));
  return random_.chance(50) ? same_size_step(y) : y;
}

TensorId RandomBlocks::whole_map_norm(TensorId x) {
  if (random_.chance(50)) x = same_size_step(x);
  const TensorId moments = builder_.moments(x, divisor_of(builder_.shape(x).c));
  const TensorId y = builder_.eltwise(EltwiseKind::normalise, {x, moments});
  return random_.chance(50) ? builder_.activation(y, "Affine", true, true) : y;
}

TensorId RandomBlocks::channel_attention(TensorId x) {
  switch (random_.range(0, 2)) {
    case 0:
      return builder_.mul(x, builder_.channel_reduce(x));
    case 1:
      return builder_.mul(x, builder_.global_max_pool(x));
    default: {
      const TensorId plane = builder_.channel_reduce(same_size_step(x));
      return same_size_conv(plane, channels());
    }
  }
}

/// Queries, keys and values of a small map; the matrix of either product may be made or come from elsewhere.
TensorId RandomBlocks::attention(TensorId x) {
  const Shape in = builder_.shape(x);
  const int64_t positions = in.h * in.w;
  const int64_t heads = random_.range(1, 2);
  if (heads * positions > 3 * options_.max_channels) return norm(x);
  const int64_t depth = heads * random_.range(1, std::max<int64_t>(1, options_.max_channels / 2));
  const TensorId queries = same_size_conv(x, depth);
  const TensorId keys = same_size_conv(x, depth);
  TensorId scores = builder_.matmul(queries, keys, heads);
  if (random_.chance(70)) scores = builder_.norm(scores, heads);
  const TensorId values = same_size_conv(x, heads * random_.range(1, 4));
  return builder_.matmul(scores, values, heads);
}

/// Queries, keys and values of squares of the map: positions of a square are channels of one.
TensorId RandomBlocks::window_attention(TensorId x) {
  const Shape in = builder_.shape(x);
  const int64_t size = 2;
  if (in.h % size != 0 || in.w % size != 0) return norm(x);
  const int64_t heads = random_.range(1, 2);
  const int64_t depth = random_.range(1, 3);
  const int64_t tokens = size * size;
  const auto squares = [&] { return builder_.space_to_depth(same_size_conv(x, heads * depth), size, false); };
  TensorId scores = builder_.position_matmul(squares(), squares(), heads, depth);
  if (random_.chance(70)) scores = builder_.activation(scores, "Affine", false, true);
  if (random_.chance(70)) scores = builder_.norm(scores, tokens * heads);
  return builder_.depth_to_space(builder_.position_matmul(scores, squares(), heads, tokens), size, false);
}

}  // namespace fusesim::testing
