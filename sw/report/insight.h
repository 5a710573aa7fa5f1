#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fusesim/report/report.h"

namespace fusesim {

/// What a group spends most of its time on.
enum class BoundBy : uint8_t {
  array,        ///< the PE array works
  vector_unit,  ///< the vector unit works
  port,         ///< a unit waits for a port of the on-chip buffer
  features,     ///< units wait, mostly for feature maps
  weights,      ///< units wait, mostly for weights
};
const char* to_string(BoundBy bound);
BoundBy bound_by(const GroupPrediction& want, const GroupResult& got);

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
