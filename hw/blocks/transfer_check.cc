#include "blocks/transfer_check.h"

#include <algorithm>
#include <string>

#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/weight_bytes.h"

namespace fusesim::hw {
namespace {

void check_bytes(const std::string& what, int64_t expected, int64_t actual) {
  if (expected == actual) return;
  throw SimulationError(
      actual < expected ? SimulationError::Guard::incomplete_tensor : SimulationError::Guard::double_transfer,
      what + ": expected " + std::to_string(expected) + " bytes to be fetched, got " +
          std::to_string(actual));
}

}  // namespace

void check_fetched_once(const Graph& graph, const Datatypes& types, const GroupSchedule& group,
                        const GroupResult& result,
                        const std::function<int64_t(TensorId tensor)>& channel_bytes) {
  for (const TensorId t : boundary(graph, group.ops).external_inputs) {
    const auto moved = std::find_if(result.ifmaps.begin(), result.ifmaps.end(),
                                    [t](const MovedTensor& m) { return m.tensor == t; });
    const Shape& shape = graph.tensor(t).shape;
    const int64_t row_bytes = graph.batch * shape.c * channel_bytes(t);
    for (int64_t y = 0; y < shape.h; ++y) {
      const int64_t fetched = moved == result.ifmaps.end() ? 0 : moved->row_bytes[static_cast<size_t>(y)];
      if (fetched != row_bytes)
        check_bytes(tensor_label(graph, t) + " row " + std::to_string(y), row_bytes, fetched);
    }
  }
  for (size_t i = 0; i < group.ops.size(); ++i) {
    const OpId o = group.ops[i];
    const int64_t bytes = first_reader(graph, group.ops, o) == o ? op_weight_bytes(graph.op(o), types) : 0;
    const int64_t times = weights_stay(group) ? 1 : graph.batch;
    check_bytes("weights of " + op_label(graph, o), times * bytes, result.weight_bytes[i]);
  }
}

void check_stored(const Graph& graph, const GroupSchedule& group, const DramImage& image) {
  for (const TensorId t : group.outgoing) {
    if (image.complete(t)) continue;
    throw SimulationError(SimulationError::Guard::incomplete_tensor,
                          tensor_label(graph, t) + ": expected all rows in DRAM at the end of the group");
  }
}

}  // namespace fusesim::hw
