#include "brr/engine.h"

#include "passes.h"
#include "tile_run.h"

namespace fusesim::hw {

void BrrEngine::run_group(const GroupSchedule& group) {
  if (group.mode == GroupMode::brr_passes) {
    BrrPassesRun(context_, group).execute();
  } else {
    BrrTileRun(context_, group).execute();
  }
}

}  // namespace fusesim::hw
