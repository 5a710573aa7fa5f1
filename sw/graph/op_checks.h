#pragma once

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Throws Error naming the op where its operands, its output and its attributes do not agree. Producers of
/// tensors are filled in.
void check_op(const Graph& graph, const Op& op);

}  // namespace fusesim
