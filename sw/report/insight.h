#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/report/report.h"

namespace fusesim {

/// Multiply-accumulates done over those of the ops: above 1 where rows are made again. 0 without any.
double recomputed(const Graph& graph, const GroupSchedule& schedule, const GroupResult& group);
/// Useful multiply-accumulates over those that the array could have done.
double utilization(const Config& config, const Graph& graph, const GroupSchedule& schedule,
                   const GroupResult& group);
/// Slice width and tile rows, or channels per weight pass; empty for other modes. "in 4": in so many strips.
std::string shape_of(const GroupSchedule& schedule);

/// What a user should know before building the plan: that no fusion is faster or takes less energy, and which
/// --objective helps. One sentence each.
std::vector<std::string> warnings(const Report& report);

PredictedTime total_time(const Prediction& prediction);

}  // namespace fusesim
