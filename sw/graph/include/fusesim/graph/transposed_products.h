#pragma once

#include <algorithm>
#include <cstdint>

namespace fusesim {

/// Products of a transposed convolution along one direction, for one input and one output channel: pairs of
/// input element i and tap k whose output element i * stride + k * dilation - pad lies on the map.
inline int64_t transposed_products(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation,
                                   int64_t pad) {
  int64_t products = 0;
  for (int64_t tap = 0; tap < kernel; ++tap) {
    const int64_t offset = tap * dilation - pad;  // output element of input element 0
    const int64_t before = offset < 0 ? (-offset + stride - 1) / stride : 0;
    const int64_t until = offset < out ? (out - offset + stride - 1) / stride : 0;
    products += std::max<int64_t>(0, std::min(in, until) - before);
  }
  return products;
}

}  // namespace fusesim
