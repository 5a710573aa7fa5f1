#include "op_traffic.h"

#include <algorithm>
#include <vector>

namespace fusesim {

int64_t weight_bytes(const Op& op, const Datatypes& types) {
  return op.weights * types.weight_bytes + op.biases * types.bias_bytes;
}

Traffic single_transfers(const Graph& graph, const Op& op, const Datatypes& types) {
  Traffic traffic;
  std::vector<TensorId> inputs = op.inputs;
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  for (const TensorId t : inputs)
    traffic.ifmap_bytes += graph.batch * graph.tensor(t).shape.elements() * types.activation_bytes;
  for (const TensorId t : op.outputs) {
    const Tensor& tensor = graph.tensor(t);
    if (tensor.consumers.empty() && !tensor.graph_output) continue;
    traffic.ofmap_bytes += graph.batch * tensor.shape.elements() * types.activation_bytes;
  }
  traffic.weight_bytes = graph.batch * weight_bytes(op, types);
  return traffic;
}

}  // namespace fusesim
