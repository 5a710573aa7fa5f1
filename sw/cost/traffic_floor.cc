#include "fusesim/cost/traffic_floor.h"

#include <algorithm>

#include "fusesim/cost/widths.h"

namespace fusesim {

TrafficFloor whole_tensor_floor(const Graph& graph, const Datatypes& datatypes) {
  TrafficFloor floor;
  for (const Tensor& tensor : graph.tensors) {
    floor.tensor_bytes.push_back(graph.batch * tensor_bytes(tensor, datatypes));
  }
  floor.least_fetch_bytes = floor.tensor_bytes;
  floor.op_extra_bytes.assign(graph.ops.size(), 0);
  std::vector<int64_t> readers(graph.ops.size(), 0);
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o)
    ++readers[static_cast<size_t>(parameter_owner(graph, o))];
  for (const Op& op : graph.ops) {
    const auto id = static_cast<OpId>(floor.op_bytes.size());
    const int64_t sharing = readers[static_cast<size_t>(parameter_owner(graph, id))];
    floor.parameter_bytes.push_back(weight_bytes(op, datatypes));
    floor.op_bytes.push_back(floor.parameter_bytes.back() / sharing);
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
