#include "brr_engine.h"

#include "brr_passes.h"
#include "brr_tile_run.h"

namespace fusesim::hw {

void BrrEngine::run_group(const GroupSchedule& group) {
  if (group.mode == GroupMode::brr_passes) {
    BrrPassesRun(context_, group).execute();
  } else {
    BrrTileRun(context_, group).execute();
  }
}

}  // namespace fusesim::hw
