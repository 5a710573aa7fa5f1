#include "fusesim/cost/traffic_floor.h"

#include <algorithm>

#include "op_traffic.h"

namespace fusesim {

TrafficFloor whole_tensor_floor(const Graph& graph, const Datatypes& datatypes) {
  TrafficFloor floor;
  for (const Tensor& tensor : graph.tensors) {
    floor.tensor_bytes.push_back(tensor.shape.elements() * datatypes.activation_bytes);
  }
  floor.least_fetch_bytes = floor.tensor_bytes;
  floor.op_extra_bytes.assign(graph.ops.size(), 0);
  for (const Op& op : graph.ops) {
    floor.op_bytes.push_back(weight_bytes(op, datatypes));
    std::vector<TrafficFloor::Fetch>& own = floor.fetches.emplace_back();
    for (TensorId t : op.inputs) own.push_back({t, floor.tensor_bytes[static_cast<size_t>(t)]});
    using Fetch = TrafficFloor::Fetch;
    std::sort(own.begin(), own.end(), [](const Fetch& a, const Fetch& b) { return a.tensor < b.tensor; });
    own.erase(std::unique(own.begin(), own.end(),
                          [](const Fetch& a, const Fetch& b) { return a.tensor == b.tensor; }),
              own.end());
  }
  return floor;
}

}  // namespace fusesim
