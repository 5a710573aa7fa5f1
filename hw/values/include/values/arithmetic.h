#pragma once

#include <cstdint>

#include "ops/ranges.h"

namespace fusesim::hw {

/// a / 2^shift, halves upwards; a negative shift multiplies.
inline int64_t shifted(int64_t a, int shift) {
  if (shift <= 0) return a * (int64_t{1} << -shift);
  if (shift > 62) return 0;  // of numbers whose magnitude is less than 2^61
  return (a + (int64_t{1} << (shift - 1))) >> shift;
}

/// a / n, halves upwards; n > 0.
inline int64_t rounded_quotient(int64_t a, int64_t n) { return floor_div(2 * a + n, 2 * n); }

/// The largest r with r * r <= x; x >= 0.
int64_t integer_root(int64_t x);

}  // namespace fusesim::hw
