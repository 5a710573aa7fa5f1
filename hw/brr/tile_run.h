#pragma once

#include "blocks/engine.h"
#include "tile.h"
#include "tile_compute.h"
#include "tile_loader.h"
#include "tile_memory.h"
#include "tile_plan.h"
#include "tile_storer.h"
#include "tile_sums.h"

namespace fusesim::hw {

/// One brr_tiles group in progress: tile by tile, and inside a tile unit by unit (FULL ops and slice trees).
/// Load, compute and store follow one another; the segments of one load or store are under way together.
class BrrTileRun {
 public:
  /// Throws SimulationError (bad_schedule) if the schedule does not fit the group. `machine` must outlive it.
  BrrTileRun(const EngineContext& machine, const GroupSchedule& schedule);
  void execute();

 private:
  void run_tile(BrrTile& tile);
  void run_unit(BrrTile& tile, const BrrUnit& unit);
  void run_tree(BrrTile& tile, const BrrUnit& unit);
  void run_slice(BrrTile& tile, const BrrUnit& unit, const ChannelRange& slice);
  void run_swapped(BrrTile& tile, const BrrUnit& unit);
  std::vector<uint64_t> capture(BrrTile& tile, const BrrUnit& unit, const ChannelRange& slice);
  void pass_through(BrrTile& tile, const BrrSlice& slice);
  void drop_after(const BrrTile& tile, int unit);

  const EngineContext& machine_;
  BrrTilePlan plan_;
  BrrTileMemory memory_;
  BrrTileLoader loader_;
  BrrTileStorer storer_;
  BrrTileSums sums_;
  BrrTileCompute compute_;
};

}  // namespace fusesim::hw
