#pragma once

#include <string>

#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// "op 12 (conv2_x)" for messages.
std::string op_label(const Graph& graph, OpId op);
/// "tensor 7 (name)" for messages.
std::string tensor_label(const Graph& graph, TensorId tensor);

}  // namespace fusesim::hw
