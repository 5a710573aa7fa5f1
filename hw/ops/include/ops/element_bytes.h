#pragma once

#include <algorithm>
#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim::hw {

constexpr int64_t kBitsOfByte = 8;

constexpr int64_t whole_bytes(int64_t bits) { return (bits + kBitsOfByte - 1) / kBitsOfByte; }

/// Bits of an element: what the model's file says where that counts, else the configuration.
inline int64_t bits_in_use(int32_t in_file, int64_t configured_bytes, const Datatypes& types) {
  if (types.from_file && in_file != 0) return in_file;
  return configured_bytes * kBitsOfByte;
}

/// `columns` elements of one channel of a row: it begins at a byte, in DRAM as on chip.
inline int64_t channel_row_bytes(const Tensor& tensor, int64_t columns, const Datatypes& types) {
  return whole_bytes(columns * bits_in_use(tensor.bits, types.activation_bytes, types));
}

/// The same while they are partial sums, at least as wide as what becomes of them.
inline int64_t channel_row_sum_bytes(const Tensor& tensor, int64_t columns, const Datatypes& types) {
  return std::max(columns * types.partial_sum_bytes, channel_row_bytes(tensor, columns, types));
}

}  // namespace fusesim::hw
