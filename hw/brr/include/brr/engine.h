#pragma once

#include "blocks/engine.h"

namespace fusesim::hw {

/// Runs brr_tiles and brr_passes groups (hw/brr/README.md). Buffers are single: load, compute and store follow one
/// another.
class BrrEngine : public Engine {
 public:
  explicit BrrEngine(const EngineContext& context) : context_(context) {}

  /// Also throws SimulationError (bad_schedule) for tiles, residency or passes that do not fit the group.
  void run_group(const GroupSchedule& group) override;

 private:
  EngineContext context_;
};

}  // namespace fusesim::hw
