#include "op_traffic.h"

#include <algorithm>
#include <vector>

namespace fusesim {

Traffic single_transfers(const Graph& graph, const Op& op, const Datatypes& types) {
  Traffic traffic;
  std::vector<TensorId> inputs = op.inputs;
  std::sort(inputs.begin(), inputs.end());
  inputs.erase(std::unique(inputs.begin(), inputs.end()), inputs.end());
  for (const TensorId t : inputs) traffic.ifmap_bytes += graph.batch * tensor_bytes(graph.tensor(t), types);
  for (const TensorId t : op.outputs) {
    const Tensor& tensor = graph.tensor(t);
    if (tensor.consumers.empty() && !tensor.graph_output) continue;
    traffic.ofmap_bytes += graph.batch * tensor_bytes(tensor, types);
  }
  traffic.weight_bytes = graph.batch * weight_bytes(op, types);
  return traffic;
}

}  // namespace fusesim
