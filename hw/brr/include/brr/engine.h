#pragma once

#include "blocks/engine.h"

namespace fusesim::hw {

/// Runs brr_tiles groups (hw/brr/README.md). Buffers are single: load, compute and store follow one another.
class BrrTilesEngine : public Engine {
 public:
  explicit BrrTilesEngine(const EngineContext& context) : context_(context) {}

  /// Also throws SimulationError (bad_schedule) for tiles or residency that do not fit the group.
  void run_group(const GroupSchedule& group) override;
  bool fetches_once() const override { return false; }

 private:
  EngineContext context_;
};

/// Runs brr_passes groups: one convolution in weight passes.
class BrrPassesEngine : public Engine {
 public:
  explicit BrrPassesEngine(const EngineContext& context) : context_(context) {}

  /// Also throws SimulationError (bad_schedule) for passes that do not fit the convolution.
  void run_group(const GroupSchedule& group) override;
  bool fetches_once() const override { return false; }

 private:
  EngineContext context_;
};

}  // namespace fusesim::hw
