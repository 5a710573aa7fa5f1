#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "blocks/engine.h"
#include "buffers.h"
#include "tile_plan.h"
#include "weights.h"

namespace fusesim::hw {

/// Sums that wait on chip: of a reduction over slices rows of the tile x channels, of a GlobalAvgPool
/// channels.
struct BrrSums {
  std::vector<uint64_t> values;
  std::vector<int64_t> value_sums;  ///< where the machine computes values: of every element
  std::vector<Value> made;          ///< of a GlobalAvgPool: its result
  bool live = false;
};

/// What a brr_tiles group has on chip from its first tile to its last: storage, the rows in it (halo rows
/// stay), weights, and the sums of pools. All tiles work on it.
class BrrTileMemory {
 public:
  /// Asks the scratchpad for everything. The arguments must outlive it.
  BrrTileMemory(const EngineContext& machine, const BrrTilePlan& plan, BrrTransfers& transfers);
  BrrTileMemory(const BrrTileMemory&) = delete;
  BrrTileMemory& operator=(const BrrTileMemory&) = delete;

  TileBuffer& buffer(int tensor) { return *buffers_[static_cast<size_t>(tensor)]; }
  /// Counts live bytes in the storage that the tensor lies in; waits for room, see BrrPools.
  void add_live(int tensor, int64_t bytes) { pools_.add_live(pool_of_[static_cast<size_t>(tensor)], bytes); }
  BrrWeights& weights() { return *weights_; }
  /// Of a GlobalAvgPool.
  BrrSums& pooled(int op) { return pooled_[static_cast<size_t>(op)]; }

 private:
  BrrPools pools_;
  std::vector<int> pool_of_;                          // per tensor
  std::vector<std::unique_ptr<TileBuffer>> buffers_;  // per tensor
  std::unique_ptr<BrrWeights> weights_;
  std::vector<BrrSums> pooled_;  // per op
};

}  // namespace fusesim::hw
