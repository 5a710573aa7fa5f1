#include "kernels.h"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define FUSESIM_GNN_X86 1
#endif

namespace fusesim::gnn {
namespace {

using Lane = float __attribute__((vector_size(32)));
using WideLane = float __attribute__((vector_size(64)));
constexpr int64_t kPanel = 16;

/// Rows [0, Rows) of a times one panel. Every element of c is one lane that adds its products in ascending
/// order of k, whatever the width of the lanes.
template <typename Vector, int64_t Rows>
__attribute__((always_inline)) inline void multiply_block(const float* a, int64_t inner, const float* panel,
                                                          int64_t width, int64_t columns, float* c) {
  constexpr int64_t kFloats = sizeof(Vector) / sizeof(float);
  constexpr int64_t kVectors = kPanel / kFloats;
  Vector sums[Rows][kVectors] = {};
  for (int64_t k = 0; k < inner; ++k) {
    Vector b[kVectors];
    std::memcpy(b, panel + k * kPanel, sizeof b);
    for (int64_t r = 0; r < Rows; ++r) {
      const float factor = a[r * inner + k];
      for (int64_t v = 0; v < kVectors; ++v) sums[r][v] += factor * b[v];
    }
  }
  for (int64_t r = 0; r < Rows; ++r) {
    float row[kPanel];
    std::memcpy(row, sums[r], sizeof row);
    std::memcpy(c + r * columns, row, static_cast<size_t>(width) * sizeof(float));
  }
}

/// As many rows as are left, at most Rows.
template <typename Vector, int64_t Rows>
__attribute__((always_inline)) inline void multiply_rest(const float* a, int64_t rows, int64_t inner,
                                                         const float* panel, int64_t width, int64_t columns,
                                                         float* c) {
  if (rows == Rows) return multiply_block<Vector, Rows>(a, inner, panel, width, columns, c);
  if constexpr (Rows > 1) multiply_rest<Vector, Rows - 1>(a, rows, inner, panel, width, columns, c);
}

/// Rows at a time: as many as keep their sums in registers.
template <typename Vector, int64_t Rows>
__attribute__((always_inline)) inline void multiply_body(const float* a, int64_t rows, int64_t inner,
                                                         const float* panels, int64_t columns, float* c) {
  for (int64_t column = 0; column < columns; column += kPanel) {
    const float* panel = panels + column * inner;
    const int64_t width = std::min(kPanel, columns - column);
    for (int64_t row = 0; row < rows; row += Rows) {
      multiply_rest<Vector, Rows>(a + row * inner, std::min(Rows, rows - row), inner, panel, width, columns,
                                  c + row * columns + column);
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
  multiply_body<Lane, 6>(a, rows, inner, panels, columns, c);
}
void add_scaled_plain(float* y, float factor, const float* x, int64_t count) {
  add_scaled_body(y, factor, x, count);
}
float dot_plain(const float* x, const float* y, int64_t count) { return dot_body(x, y, count); }

constexpr Kernels kPlain = {multiply_plain, add_scaled_plain, dot_plain};

#ifdef FUSESIM_GNN_X86
__attribute__((target("avx2"))) void multiply_avx2(const float* a, int64_t rows, int64_t inner,
                                                   const float* panels, int64_t columns, float* c) {
  multiply_body<Lane, 6>(a, rows, inner, panels, columns, c);
}
__attribute__((target("avx2"))) void add_scaled_avx2(float* y, float factor, const float* x, int64_t count) {
  add_scaled_body(y, factor, x, count);
}
__attribute__((target("avx2"))) float dot_avx2(const float* x, const float* y, int64_t count) {
  return dot_body(x, y, count);
}

constexpr Kernels kAvx2 = {multiply_avx2, add_scaled_avx2, dot_avx2};

__attribute__((target("avx512f"))) void multiply_avx512(const float* a, int64_t rows, int64_t inner,
                                                        const float* panels, int64_t columns, float* c) {
  multiply_body<WideLane, 16>(a, rows, inner, panels, columns, c);
}

/// Rows are short: only the products are worth wider lanes.
constexpr Kernels kAvx512 = {multiply_avx512, add_scaled_avx2, dot_avx2};
#endif

}  // namespace

std::vector<Kernels> supported_kernels() {
  std::vector<Kernels> supported = {kPlain};
#ifdef FUSESIM_GNN_X86
  if (__builtin_cpu_supports("avx2")) supported.push_back(kAvx2);
  if (__builtin_cpu_supports("avx512f")) supported.push_back(kAvx512);
#endif
  return supported;
}

const Kernels& kernels() {
  static const Kernels best = supported_kernels().back();
  return best;
}

}  // namespace fusesim::gnn
