#pragma once

#include <vector>

#include "blocks/cycle_log.h"
#include "fusesim/hw/counters.h"
#include "fusesim/hw/results.h"

namespace fusesim::hw {

/// Gives every cycle of a group, and every operation, to an op, and every cycle a cause. `stops`: see
/// CycleLog::causes. Throws Error if a cycle is left over, or the units' meters disagree.
void account(const CycleLog& log, const std::vector<CycleRange>& stops, const CycleRange& cycles,
             const WorkCounts& work, GroupResult& result);

}  // namespace fusesim::hw
