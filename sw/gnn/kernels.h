#pragma once

#include <cstdint>
#include <vector>

namespace fusesim::gnn {

/// Inner loops of the network. All versions (plain, AVX2, AVX-512) add in the same order and fuse nothing, so
/// that every processor gives the same bits.
struct Kernels {
  /// c[rows x columns] = a[rows x inner] b; b lies in panels of sixteen columns (inner x 16 each, the last
  /// one padded), 64-byte aligned.
  void (*multiply)(const float* a, int64_t rows, int64_t inner, const float* panels, int64_t columns,
                   float* c);
  /// y += factor * x
  void (*add_scaled)(float* y, float factor, const float* x, int64_t count);
  float (*dot)(const float* x, const float* y, int64_t count);
};

/// The fastest version that this processor runs.
const Kernels& kernels();
/// Every version that this processor runs: the plain one first, the fastest one last.
std::vector<Kernels> supported_kernels();

}  // namespace fusesim::gnn
