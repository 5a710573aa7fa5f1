#pragma once

#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// A topological order in which few tensors are alive at a time: made (or read from outside) and not yet read
/// by all their readers. A beam search over down-sets; deterministic.
std::vector<OpId> narrow_order(const Graph& graph);

}  // namespace fusesim
