#pragma once

#include "fusesim/config/config.h"
#include "fusesim/hw/results.h"

namespace fusesim::hw {

/// Energy of a group from its counts, pJ: events at their price, static power for its time.
double energy_pj(const Config& config, const GroupResult& group);

}  // namespace fusesim::hw
