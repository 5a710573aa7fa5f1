#pragma once

#include <vector>

#include "blocks/engine.h"
#include "tile.h"
#include "tile_compute.h"
#include "tile_loader.h"
#include "tile_memory.h"
#include "tile_plan.h"
#include "tile_storer.h"
#include "tile_sums.h"
#include "transfers.h"

namespace fusesim::hw {

/// Planted fault: a slice that was taken aside.
struct CapturedSlice {
  std::vector<uint64_t> hashes;
  std::vector<Value> values;
};

/// One brr_tiles group in progress: tile by tile, and inside a tile step by step. It must live until the
/// kernel has stopped or its transfers have ended.
class BrrTileRun {
 public:
  /// Throws SimulationError (bad_schedule) if the schedule does not fit the group. `machine` must outlive it.
  BrrTileRun(const EngineContext& machine, const GroupSchedule& schedule);
  void execute();

 private:
  void run_step(BrrTile& tile, const BrrStep& step);
  void add_slice(BrrTile& tile, const BrrStep& step);
  void pool(BrrTile& tile, const BrrStep& step);
  void let_go(const BrrTile& tile, const BrrStep& step);
  void end_unit(const BrrTile& tile, int unit);
  void capture(const BrrTile& tile, const BrrStep& step);
  void inject(const BrrTile& tile, const BrrStep& step);

  const EngineContext& machine_;
  BrrTilePlan plan_;
  BrrTransfers transfers_;
  BrrTileMemory memory_;
  BrrTileLoader loader_;
  BrrTileStorer storer_;
  BrrTileSums sums_;
  BrrTileCompute compute_;
  std::vector<CapturedSlice> captured_;  // planted fault
};

}  // namespace fusesim::hw
