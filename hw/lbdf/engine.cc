#include "lbdf/engine.h"

#include "ops/weight_bytes.h"
#include "run.h"

namespace fusesim::hw {

LbdfEngine::LbdfEngine(const EngineContext& context) : context_(context) {}
LbdfEngine::~LbdfEngine() = default;

std::vector<Segment> LbdfEngine::first_weights(const GroupSchedule& group) const {
  std::vector<Segment> pieces;
  for (const OpId o : group.ops) {
    const Segment piece = weights_of(context_.graph, context_.datatypes, o);
    if (piece.bytes > 0 && first_reader(context_.graph, group.ops, o) == o) pieces.push_back(piece);
  }
  return pieces;
}

void LbdfEngine::run_group(const GroupSchedule& group) {
  run_ = std::make_unique<LbdfRun>(context_, group);
  run_->execute();
}

}  // namespace fusesim::hw