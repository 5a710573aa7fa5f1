#pragma once

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Bounds on what a whole network adds up to, so that sums over its ops need no checks (doc/design.md,
/// section 3). Throws Error naming the op with which a bound is passed.
void check_counts(const Graph& graph);

}  // namespace fusesim
