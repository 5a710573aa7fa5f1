#pragma once

#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// The same network with these ops opaque: they keep names, tensors, weights and biases, and what they
/// compute is not modelled any more, only counted (Op::opaque_macs).
Graph with_opaque_ops(const Graph& graph, const std::vector<OpId>& ops);

}  // namespace fusesim
