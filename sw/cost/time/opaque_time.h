#pragma once

#include "fusesim/graph/graph.h"
#include "time/group_time.h"

namespace fusesim {

/// F_T of an opaque op: its parameters, its inputs some rows at a time, one operation per element that it
/// makes, its outputs row by row, in turn.
GroupTime opaque_time(const Graph& graph, const Op& op, const CostParams& params);

}  // namespace fusesim
