#pragma once

#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// Weights and biases of an op in DRAM.
inline int64_t op_weight_bytes(const Op& op, const Datatypes& types) {
  return op.weights * types.weight_bytes + op.biases * types.bias_bytes;
}

/// The first op of a group that reads the same weights and biases: while they are on chip for it, they are
/// for all.
inline OpId first_reader(const Graph& graph, const Group& group, OpId op) {
  for (const OpId other : group) {
    if (parameter_owner(graph, other) == parameter_owner(graph, op)) return other;
  }
  return op;
}

}  // namespace fusesim::hw
