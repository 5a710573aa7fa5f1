#pragma once

#include <memory>

#include "blocks/engine.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// The engine that runs groups of this mode. The only place of hw/ that tells one scheme from another.
std::unique_ptr<Engine> make_engine(GroupMode mode, const EngineContext& context);

}  // namespace fusesim::hw
