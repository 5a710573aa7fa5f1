#pragma once

#include <cstdint>
#include <vector>

#include "blocks/engine.h"
#include "tile.h"
#include "tile_loader.h"
#include "tile_storer.h"
#include "tile_sums.h"

namespace fusesim::hw {

/// Makes the tensors of a tile, each slice with whatever that takes of the slices before it.
class BrrTileCompute {
 public:
  /// The arguments must outlive it.
  BrrTileCompute(const EngineContext& machine, BrrTileLoader& loader, BrrTileStorer& storer,
                 BrrTileSums& sums)
      : machine_(machine), loader_(loader), storer_(storer), sums_(sums) {}

  /// Makes channels of the op's output over the rows of this tile; what leaves the group goes out.
  void produce(BrrTile& tile, int op, const ChannelRange& channels);
  /// Brings `needed` channels of a SLICE tensor on chip for its reader; those that are here already stay.
  void ensure(BrrTile& tile, int tensor, int reader, const ChannelRange& needed);

 private:
  void drop_unused_operands(BrrTile& tile, int op, const ChannelRange& channels);
  void make_local(BrrTile& tile, int op, const ChannelRange& channels);
  void make_local_rows(BrrTile& tile, int op, const ChannelRange& channels);
  void local_row(const BrrTile& tile, int op, int64_t y, const ChannelRange& channels, uint64_t* row);
  void release_over(const BrrTile& tile, int op, int64_t y, const ChannelRange& outputs);
  void retire_inputs(BrrTile& tile, int op, const ChannelRange& done);

  const EngineContext& machine_;
  BrrTileLoader& loader_;
  BrrTileStorer& storer_;
  BrrTileSums& sums_;
  std::vector<uint64_t> row_, tap_row_;  // scratch
};

}  // namespace fusesim::hw
