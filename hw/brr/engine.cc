#include "brr/engine.h"

#include "passes.h"
#include "tile_run.h"

namespace fusesim::hw {

BrrTilesEngine::BrrTilesEngine(const EngineContext& context) : context_(context) {}
BrrTilesEngine::~BrrTilesEngine() = default;

std::vector<Segment> BrrTilesEngine::first_weights(const GroupSchedule& group) const {
  const BrrTilePlan plan(context_.graph, context_.datatypes, context_.config.pe.rows, group);
  std::vector<Segment> pieces;
  for (const BrrSubgroup& s :
       weight_order(plan.group(), context_.datatypes, plan.steps(), plan.weights_resident())) {
    if (s.bytes > 0) pieces.push_back(weight_segment(plan.group(), s));
    if (!plan.weights_resident()) break;
  }
  return pieces;
}

void BrrTilesEngine::run_group(const GroupSchedule& group) {
  run_ = std::make_unique<BrrTileRun>(context_, group);
  run_->execute();
}

BrrPassesEngine::BrrPassesEngine(const EngineContext& context) : context_(context) {}
BrrPassesEngine::~BrrPassesEngine() = default;

std::vector<Segment> BrrPassesEngine::first_weights(const GroupSchedule& group) const {
  const BrrGroup view = view_brr_group(context_.graph, group);
  const std::vector<BrrSubgroup> order =
      pass_order(view, context_.datatypes, group.brr.block_channels, group.brr.passes);
  if (order.empty()) return {};
  return {weight_segment(view, order.front())};
}

void BrrPassesEngine::run_group(const GroupSchedule& group) {
  run_ = std::make_unique<BrrPassesRun>(context_, group);
  run_->execute();
}

}  // namespace fusesim::hw
