#include "brr/engine.h"

#include "passes.h"
#include "tile_run.h"

namespace fusesim::hw {

void BrrTilesEngine::run_group(const GroupSchedule& group) { BrrTileRun(context_, group).execute(); }

void BrrPassesEngine::run_group(const GroupSchedule& group) { BrrPassesRun(context_, group).execute(); }

}  // namespace fusesim::hw
