#pragma once

#include "blocks/engine.h"
#include "tile.h"

namespace fusesim::hw {

/// Brings the rows of external tensors from DRAM to a tile.
class BrrTileLoader {
 public:
  /// `machine` must outlive it.
  explicit BrrTileLoader(const EngineContext& machine) : machine_(machine) {}

  /// FULL external tensors: every row once over all tiles, in order; rows that nobody reads pass through.
  /// Rows that neither this nor a later tile reads are dropped first.
  void fetch_full_tensors(const BrrTile& tile);
  /// Channels of a SLICE external tensor: the rows that this reader needs in this tile; rows that no tile
  /// needs pass through in its first and last.
  void stream(const BrrTile& tile, int tensor, int reader, const ChannelRange& channels);

 private:
  void fetch_rows(const BrrTile& tile, int tensor, const RowRange& rows, const RowRange& kept,
                  const ChannelRange& channels);

  const EngineContext& machine_;
};

}  // namespace fusesim::hw
