#include "brr/engine.h"

#include "passes.h"
#include "tile_run.h"

namespace fusesim::hw {

BrrTilesEngine::BrrTilesEngine(const EngineContext& context) : context_(context) {}
BrrTilesEngine::~BrrTilesEngine() = default;

void BrrTilesEngine::run_group(const GroupSchedule& group) {
  run_ = std::make_unique<BrrTileRun>(context_, group);
  run_->execute();
}

BrrPassesEngine::BrrPassesEngine(const EngineContext& context) : context_(context) {}
BrrPassesEngine::~BrrPassesEngine() = default;

void BrrPassesEngine::run_group(const GroupSchedule& group) {
  run_ = std::make_unique<BrrPassesRun>(context_, group);
  run_->execute();
}

}  // namespace fusesim::hw
