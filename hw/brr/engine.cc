#include "brr/engine.h"

#include "brr/passes.h"
#include "brr/tile_run.h"

namespace fusesim::hw {

void BrrEngine::run_group(const GroupSchedule& group) {
  if (group.mode == GroupMode::brr_passes) {
    BrrPassesRun(context_, group).execute();
  } else {
    BrrTileRun(context_, group).execute();
  }
}

}  // namespace fusesim::hw
