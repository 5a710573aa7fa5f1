#include "engine_registry.h"

#include "brr/engine.h"
#include "fusesim/hw/simulation_error.h"
#include "lbdf/engine.h"
#include "opaque/engine.h"

namespace fusesim::hw {

std::unique_ptr<Engine> make_engine(GroupMode mode, const EngineContext& context) {
  switch (mode) {
    case GroupMode::lbdf:
      return std::make_unique<LbdfEngine>(context);
    case GroupMode::brr_tiles:
      return std::make_unique<BrrTilesEngine>(context);
    case GroupMode::brr_passes:
      return std::make_unique<BrrPassesEngine>(context);
    case GroupMode::opaque:
      return std::make_unique<OpaqueEngine>(context);
  }
  throw SimulationError(SimulationError::Guard::bad_schedule, "expected a known mode of a group");
}

}  // namespace fusesim::hw
