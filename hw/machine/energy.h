#pragma once

#include "fusesim/config/config.h"
#include "fusesim/hw/results.h"

namespace fusesim::hw {

/// Energy of a group from its counts: events at their price, and for its time the accelerator's static power
/// and the background power of every rank of the DRAM.
EnergyParts energy_of(const Config& config, const GroupResult& group);

}  // namespace fusesim::hw
