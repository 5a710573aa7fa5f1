#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/work_floor.h"

namespace fusesim {

/// Rows of every tensor that are made in every group that makes it, counted from the top: all of them where
/// it leaves the group, else those that its readers need.
std::vector<int64_t> certain_rows_from_top(const Graph& graph);

/// Floor without the work of ops.
WorkFloor machine_floor(const MachineParams& machine);

/// Least work of `rows` rows of an op, in whatever blocks: on the array, positions by as few stripes and
/// channels by as few steps as there can be; what the vector unit writes. Throws Error naming the op where
/// 64 bits might not hold the sum over all ops.
OpWork least_work(const Graph& graph, const Op& op, int64_t rows, const CostParams& params);

}  // namespace fusesim
