#include "ops/labels.h"

namespace fusesim::hw {

std::string op_label(const Graph& graph, OpId op) {
  return "op " + std::to_string(op) + " (" + graph.op(op).name + ")";
}

std::string tensor_label(const Graph& graph, TensorId tensor) {
  return "tensor " + std::to_string(tensor) + " (" + graph.tensor(tensor).name + ")";
}

}  // namespace fusesim::hw
