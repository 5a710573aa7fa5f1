#pragma once

#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "ops/element_bytes.h"

namespace fusesim::hw {

/// So many weights of a row that begins at a byte.
inline int64_t weight_row_bytes(const Op& op, int64_t weights, const Datatypes& types) {
  return whole_bytes(weights * bits_in_use(op.weight_bits, types.weight_bytes, types));
}

inline int64_t op_bias_bytes(const Op& op, int64_t biases, const Datatypes& types) {
  return biases * whole_bytes(bits_in_use(op.bias_bits, types.bias_bytes, types));
}

/// Weights and biases of an op in DRAM.
inline int64_t op_weight_bytes(const Op& op, const Datatypes& types) {
  return op.weight_rows * weight_row_bytes(op, op.weights / op.weight_rows, types) +
         op_bias_bytes(op, op.biases, types);
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
