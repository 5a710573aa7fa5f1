#pragma once

#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// Throws Error unless a machine of this configuration can run all of them, and the options are of so many.
void check_schedules(const Config& config, const std::vector<Schedule>& schedules, const SimOptions& options);

}  // namespace fusesim::hw
