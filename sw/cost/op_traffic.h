#pragma once

#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/cost/widths.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// For every image one transfer of everything that an op reads, and of what of its outputs is wanted: all of
/// an opaque op's traffic.
Traffic single_transfers(const Graph& graph, const Op& op, const Datatypes& types);

}  // namespace fusesim
