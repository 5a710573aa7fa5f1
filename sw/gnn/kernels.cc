#include "kernels.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define FUSESIM_GNN_AVX2 1
#endif

namespace fusesim::gnn {
namespace {

using Lane = float __attribute__((vector_size(32)));
constexpr int64_t kPanel = 16;

/// Rows at a time: accumulators (two lanes a row), two lanes of b and one factor fit sixteen registers.
constexpr int64_t kRowBlock = 6;

template <int64_t Rows>
__attribute__((always_inline)) inline void multiply_block(const float* a, int64_t inner, const float* panel,
                                                          int64_t width, int64_t columns, float* c) {
  Lane low[Rows] = {};
  Lane high[Rows] = {};
  for (int64_t k = 0; k < inner; ++k) {
    Lane b_low;
    Lane b_high;
    std::memcpy(&b_low, panel + k * kPanel, sizeof b_low);
    std::memcpy(&b_high, panel + k * kPanel + 8, sizeof b_high);
    for (int64_t r = 0; r < Rows; ++r) {
      const float factor = a[r * inner + k];
      low[r] += factor * b_low;
      high[r] += factor * b_high;
    }
  }
  for (int64_t r = 0; r < Rows; ++r) {
    float row[kPanel];
    std::memcpy(row, &low[r], sizeof low[r]);
    std::memcpy(row + 8, &high[r], sizeof high[r]);
    std::memcpy(c + r * columns, row, static_cast<size_t>(width) * sizeof(float));
  }
}

__attribute__((always_inline)) inline void multiply_body(const float* a, int64_t rows, int64_t inner,
                                                         const float* panels, int64_t columns, float* c) {
  for (int64_t column = 0; column < columns; column += kPanel) {
    const float* panel = panels + column * inner;
    const int64_t width = std::min(kPanel, columns - column);
    int64_t row = 0;
    for (; row + kRowBlock <= rows; row += kRowBlock) {
      multiply_block<kRowBlock>(a + row * inner, inner, panel, width, columns, c + row * columns + column);
    }
    for (; row + 3 <= rows; row += 3) {
      multiply_block<3>(a + row * inner, inner, panel, width, columns, c + row * columns + column);
    }
    for (; row < rows; ++row) {
      multiply_block<1>(a + row * inner, inner, panel, width, columns, c + row * columns + column);
    }
  }
}

__attribute__((always_inline)) inline void add_scaled_body(float* y, float factor, const float* x,
                                                           int64_t count) {
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Lane a;
    Lane b;
    std::memcpy(&a, y + i, sizeof a);
    std::memcpy(&b, x + i, sizeof b);
    a += factor * b;
    std::memcpy(y + i, &a, sizeof a);
  }
  for (; i < count; ++i) y[i] += factor * x[i];
}

__attribute__((always_inline)) inline float dot_body(const float* x, const float* y, int64_t count) {
  Lane sums = {};
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    Lane a;
    Lane b;
    std::memcpy(&a, x + i, sizeof a);
    std::memcpy(&b, y + i, sizeof b);
    sums += a * b;
  }
  float sum = 0.0F;
  for (int64_t k = 0; k < 8; ++k) sum += sums[k];
  for (; i < count; ++i) sum += x[i] * y[i];
  return sum;
}

void multiply_plain(const float* a, int64_t rows, int64_t inner, const float* panels, int64_t columns,
                    float* c) {
  multiply_body(a, rows, inner, panels, columns, c);
}
void add_scaled_plain(float* y, float factor, const float* x, int64_t count) {
  add_scaled_body(y, factor, x, count);
}
float dot_plain(const float* x, const float* y, int64_t count) { return dot_body(x, y, count); }

constexpr Kernels kPlain = {multiply_plain, add_scaled_plain, dot_plain};

#ifdef FUSESIM_GNN_AVX2
__attribute__((target("avx2"))) void multiply_avx2(const float* a, int64_t rows, int64_t inner,
                                                   const float* panels, int64_t columns, float* c) {
  multiply_body(a, rows, inner, panels, columns, c);
}
__attribute__((target("avx2"))) void add_scaled_avx2(float* y, float factor, const float* x, int64_t count) {
  add_scaled_body(y, factor, x, count);
}
__attribute__((target("avx2"))) float dot_avx2(const float* x, const float* y, int64_t count) {
  return dot_body(x, y, count);
}

constexpr Kernels kAvx2 = {multiply_avx2, add_scaled_avx2, dot_avx2};
#endif

}  // namespace

const Kernels& plain_kernels() { return kPlain; }

const Kernels& kernels() {
#ifdef FUSESIM_GNN_AVX2
  static const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
  if (has_avx2) return kAvx2;
#endif
  return kPlain;
}

}  // namespace fusesim::gnn
