#pragma once

#include <cstdint>
#include <vector>

#include "blocks/engine.h"
#include "tile.h"
#include "tile_storer.h"

namespace fusesim::hw {

/// Computes what sums over channels or rows: reductions whose input is FULL, reductions over slices, pools
/// over the whole map.
class BrrTileSums {
 public:
  /// The arguments must outlive it.
  BrrTileSums(const EngineContext& machine, BrrTileStorer& storer) : machine_(machine), storer_(storer) {}

  /// A reduction whose input is FULL: blocks of at most g output channels.
  void reduce(BrrTile& tile, int op, const ChannelRange& channels);
  /// A reduction over slices: adds what one slice of its input gives to all output channels.
  void add_slice(BrrTile& tile, int op, const ChannelRange& slice, RowSource& in);
  /// The sums of a reduction over slices are complete: they become rows of the output and leave.
  void finish_reduction(BrrTile& tile, int op);
  /// A GlobalAvgPool takes the rows of its input that no earlier tile has brought.
  void pool_rows(BrrTile& tile, int op, const ChannelRange& channels, RowSource& in);
  /// After the last row of its input the pooled vector goes out.
  void finish_pool(BrrTile& tile, int op);

 private:
  void reduce_block(BrrTile& tile, int op, const ChannelRange& outputs);
  const std::vector<uint64_t>& tap_rows(BrrTile& tile, int op);
  void open_sums(BrrTile& tile, int op);
  void add_chunk(BrrTile& tile, int op, const ChannelRange& chunk, RowSource& in);

  const EngineContext& machine_;
  BrrTileStorer& storer_;
  std::vector<uint64_t> chunk_taps_, block_;  // scratch
};

}  // namespace fusesim::hw
