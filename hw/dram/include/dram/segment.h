#pragma once

#include <cstdint>

#include "fusesim/graph/graph.h"
#include "fusesim/values/network.h"

namespace fusesim::hw {

enum class TransferKind : uint8_t { ifmap, ofmap, weight };

/// One contiguous piece of DRAM that moves: channels [c0, c1) of one row of a tensor, some columns of one
/// channel of one, or `bytes` of an op's weights. DRAM layout of a tensor is (H, C, W), so a row is
/// contiguous and so is a channel range within it.
struct Segment {
  TransferKind kind = TransferKind::ifmap;
  TensorId tensor = -1;  ///< ifmap, ofmap
  int64_t row = 0;
  int64_t c0 = 0, c1 = 0;
  int64_t x0 = 0, x1 = 0;    ///< columns [x0, x1) of one channel; both 0: all columns
  OpId op = -1;              ///< weight
  int64_t offset_bytes = 0;  ///< weight: place within the op's weights
  int64_t bytes = 0;         ///< weight; ignored for ifmap and ofmap (follows from the shape)
  /// ifmap: receives the c1 - c0 provenance hashes when the data has arrived; ofmap: gives them. May be null
  /// for rows that are fetched but not kept, and for weights.
  uint64_t* hashes = nullptr;
  /// The same of the elements that move, channel by channel; null where the machine computes no values.
  Value* values = nullptr;
};

}  // namespace fusesim::hw
