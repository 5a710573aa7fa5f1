#pragma once

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Throws Error naming the op where operands, output, parameters and attributes do not agree. Producers of
/// tensors are filled in.
void check_op(const Graph& graph, OpId op);

}  // namespace fusesim
