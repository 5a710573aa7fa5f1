#pragma once

#include <cstddef>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/cost/group_cost.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// Completes a schedule of a legal plan: groups at the places `open` (ascending) have ops alone and get the
/// schedule that make_schedule() gives them at the schedule's buffer size; others get what they leave out
/// (HandWritten), whatever they have stays. Throws Error "groups[i]: reason" for a group that does not fit,
/// with the bytes that it needs and has, or cannot run.
void complete_schedule(Schedule& schedule, const std::vector<size_t>& open, const Config& config,
                       const CostRank& rank);

}  // namespace fusesim
