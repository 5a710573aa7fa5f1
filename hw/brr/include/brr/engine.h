#pragma once

#include <memory>

#include "blocks/engine.h"

namespace fusesim::hw {

class BrrTileRun;
class BrrPassesRun;

/// Runs brr_tiles groups (hw/brr/README.md). What overlaps is what the group has room for.
class BrrTilesEngine : public Engine {
 public:
  explicit BrrTilesEngine(const EngineContext& context);
  ~BrrTilesEngine() override;

  /// Also throws SimulationError (bad_schedule) for tiles or residency that do not fit the group.
  void run_group(const GroupSchedule& group) override;
  /// All sub-groups if they stay, else the first.
  std::vector<Segment> first_weights(const GroupSchedule& group) const override;
  bool fetches_once() const override { return false; }

 private:
  EngineContext context_;
  std::unique_ptr<BrrTileRun> run_;  // outlives its transfers, also after a failure
};

/// Runs brr_passes groups: one convolution in weight passes.
class BrrPassesEngine : public Engine {
 public:
  explicit BrrPassesEngine(const EngineContext& context);
  ~BrrPassesEngine() override;

  /// Also throws SimulationError (bad_schedule) for passes that do not fit the convolution.
  void run_group(const GroupSchedule& group) override;
  /// The first block.
  std::vector<Segment> first_weights(const GroupSchedule& group) const override;
  bool fetches_once() const override { return false; }

 private:
  EngineContext context_;
  std::unique_ptr<BrrPassesRun> run_;  // the same
};

}  // namespace fusesim::hw
