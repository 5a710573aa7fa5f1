#pragma once

#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/testing/random_schedule.h"

namespace fusesim::testing {

/// Simulates all networks in one kernel, in a child process, and compares each with its prediction and the
/// reference. Returns an empty string if all are confirmed, else what differs. Where the machine stopped with
/// an error, every network runs again in a kernel of its own to find those that stop alone.
std::string confirm_batch(const Config& config, const std::vector<ScheduledNetwork>& networks);

}  // namespace fusesim::testing
