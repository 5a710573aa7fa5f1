#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

// What the reference evaluations of rows and of columns share.
namespace fusesim::testing {

inline uint64_t scramble(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

inline uint64_t u(int64_t x) { return static_cast<uint64_t>(x); }

/// H(first, second, rest...) folded from the left.
inline uint64_t chain(uint64_t first, uint64_t second) { return scramble(scramble(first) + second); }
template <typename... Rest>
uint64_t chain(uint64_t first, uint64_t second, Rest... rest) {
  return chain(chain(first, second), static_cast<uint64_t>(rest)...);
}

inline int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0); }
inline int64_t ceil_div(int64_t a, int64_t b) { return -floor_div(-a, b); }

/// Source rows of output row y, first to last.
inline std::vector<int64_t> resize_rows(const Resize& resize, int64_t in_h, int64_t out_h, int64_t y) {
  int64_t top = 0;  // source coordinate = top / bottom
  int64_t bottom = 1;
  switch (resize.coordinates) {
    case ResizeCoordinates::pytorch_half_pixel:
      if (out_h == 1) break;
      [[fallthrough]];
    case ResizeCoordinates::half_pixel:
      top = (2 * y + 1) * in_h - out_h;
      bottom = 2 * out_h;
      break;
    case ResizeCoordinates::align_corners:
      if (out_h == 1) break;
      top = y * (in_h - 1);
      bottom = out_h - 1;
      break;
    case ResizeCoordinates::asymmetric:
      top = y * in_h;
      bottom = out_h;
      break;
  }
  const auto clamp = [&](int64_t r) { return std::clamp<int64_t>(r, 0, in_h - 1); };
  const int64_t below = clamp(floor_div(top, bottom));
  const int64_t above = clamp(ceil_div(top, bottom));
  if (resize.mode == ResizeMode::linear) {
    return below == above ? std::vector<int64_t>{below} : std::vector<int64_t>{below, above};
  }
  switch (resize.rounding) {
    case ResizeRounding::floor:
      return {below};
    case ResizeRounding::ceil:
      return {above};
    case ResizeRounding::round_prefer_ceil:
      return {clamp(floor_div(2 * top + bottom, 2 * bottom))};
    case ResizeRounding::round_prefer_floor:
      break;
  }
  return {clamp(ceil_div(2 * top - bottom, 2 * bottom))};
}

}  // namespace fusesim::testing
