#pragma once

#include "fusesim/cost/params.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// Fills in what a group of a plan under `scheme` leaves out and what follows from the rest of it; what is
/// there stays. A group whose mode is not one that it may have is left to invalid_reason(). Throws Error for
/// a group that can run at no size.
void complete_group(const Graph& graph, const CostParams& params, const FusionScheme& scheme,
                    GroupSchedule& group);

}  // namespace fusesim
