#pragma once

#include <memory>

#include "blocks/engine.h"

namespace fusesim::hw {

class LbdfRun;

/// Line-buffer depth-first execution. All weights of the group are fetched first and stay; one loader per
/// external tensor fetches it row by row, whole and once; one stage per op (and its in-place activations)
/// makes rows as soon as their inputs lie in their rings and a slot is free; one storer per outgoing tensor
/// writes it. All run concurrently and block on rings and on the two shared compute units, so load, compute
/// and store overlap. Nothing is scheduled in advance: the ring sizes of the schedule alone decide who waits.
class LbdfEngine : public Engine {
 public:
  explicit LbdfEngine(const EngineContext& context);
  ~LbdfEngine() override;

  /// Also throws SimulationError (bad_schedule) for rings that do not belong or are missing.
  void run_group(const GroupSchedule& group) override;
  /// All, op by op.
  std::vector<Segment> first_weights(const GroupSchedule& group) const override;
  bool fetches_once() const override { return true; }

 private:
  EngineContext context_;
  std::unique_ptr<LbdfRun> run_;  // outlives its processes, also after a failure
};

}  // namespace fusesim::hw
