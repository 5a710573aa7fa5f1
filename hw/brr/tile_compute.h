#pragma once

#include <cstdint>
#include <vector>

#include "blocks/engine.h"
#include "tile.h"

namespace fusesim::hw {

/// Makes results of channel-local ops.
class BrrTileCompute {
 public:
  /// `machine` must outlive it.
  explicit BrrTileCompute(const EngineContext& machine) : machine_(machine) {}

  /// Channels of the op's output over the rows of this tile, with one weight sub-group if it has weights.
  void make_local(BrrTile& tile, int op, const ChannelRange& channels);

 private:
  void local_row(const BrrTile& tile, int op, int64_t y, const ChannelRange& channels, uint64_t* row);
  void value_row(const BrrTile& tile, int op, int64_t y, const ChannelRange& channels);
  void release_over(const BrrTile& tile, int op, int64_t y, const ChannelRange& outputs);

  const EngineContext& machine_;
  std::vector<uint64_t> row_, tap_row_;  // scratch
  std::vector<Value> values_;            // the same
};

}  // namespace fusesim::hw
