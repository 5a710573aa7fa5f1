#pragma once

#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// Weights and biases of an op in DRAM.
inline int64_t op_weight_bytes(const Op& op, const Datatypes& types) {
  return op.weights * types.weight_bytes + op.biases * types.bias_bytes;
}

}  // namespace fusesim::hw
