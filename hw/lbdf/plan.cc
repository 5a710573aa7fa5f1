#include "plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "fusesim/graph/op_facts.h"
#include "fusesim/hw/simulation_error.h"
#include "ops/element_bytes.h"
#include "ops/labels.h"
#include "ops/row_window.h"

namespace fusesim::hw {
namespace {

[[noreturn]] void bad_schedule(const std::string& message) {
  throw SimulationError(SimulationError::Guard::bad_schedule, message);
}

bool contains(const std::vector<int32_t>& ids, int32_t id) {
  return std::binary_search(ids.begin(), ids.end(), id);
}

/// Rows of each tensor that something needs, counted from the top.
std::map<TensorId, int64_t> needed_rows(const Graph& graph, const GroupSchedule& group) {
  std::map<TensorId, int64_t> needed;
  for (const TensorId t : group.outgoing) needed[t] = graph.tensor(t).shape.h;
  for (auto o = group.ops.rbegin(); o != group.ops.rend(); ++o) {
    const Op& op = graph.op(*o);
    const int64_t rows = needed[op.output()];
    for (size_t i = 0; rows > 0 && i < op.inputs.size(); ++i) {
      int64_t& above = needed[op.inputs[i]];
      above = std::max(above, rows_read(graph, op, i, rows - 1).last);
    }
  }
  return needed;
}

/// The op that works in place on tensor t, row by row, or -1.
OpId in_place_reader(const Graph& graph, const GroupSchedule& group, TensorId t) {
  const Tensor& tensor = graph.tensor(t);
  if (tensor.graph_output || tensor.consumers.size() != 1) return -1;
  const OpId reader = tensor.consumers.front();
  if (!contains(group.ops, reader) || op_facts(graph.op(reader)).in_place != InPlace::own_row) return -1;
  return reader;
}

int64_t row_bytes(const Graph& graph, const Datatypes& types, TensorId t, bool external) {
  const Tensor& tensor = graph.tensor(t);
  const bool sums = !external && op_facts(graph.op(tensor.producer)).pools_map();
  const int64_t width = tensor.shape.w;
  return tensor.shape.c *
         (sums ? channel_row_sum_bytes(tensor, width, types) : channel_row_bytes(tensor, width, types));
}

std::vector<LbdfRing> plan_rings(const Graph& graph, const Datatypes& types, const GroupSchedule& group) {
  const GroupBoundary edge = boundary(graph, group.ops);
  std::set<TensorId> tensors(edge.external_inputs.begin(), edge.external_inputs.end());
  for (const OpId o : group.ops) tensors.insert(graph.op(o).output());
  std::vector<LbdfRing> rings;
  for (const Ring& ring : group.rings) {
    if (tensors.count(ring.tensor) == 0) {
      bad_schedule(tensor_label(graph, ring.tensor) + ": expected rings of the group's tensors only");
    }
    const bool external = contains(edge.external_inputs, ring.tensor);
    rings.push_back({ring.tensor, ring.rows + (external ? group.prefetch_rows : 0),
                     row_bytes(graph, types, ring.tensor, external), external,
                     contains(group.outgoing, ring.tensor)});
  }
  return rings;
}

}  // namespace

LbdfPlan lbdf_plan(const Graph& graph, const Datatypes& types, const GroupSchedule& group) {
  LbdfPlan plan;
  plan.rings = plan_rings(graph, types, group);
  std::set<TensorId> with_ring;
  for (const LbdfRing& ring : plan.rings) with_ring.insert(ring.tensor);
  std::map<TensorId, int64_t> needed = needed_rows(graph, group);

  std::set<OpId> placed;
  for (const OpId first : group.ops) {
    if (is_opaque(graph.op(first))) bad_schedule(op_label(graph, first) + ": expected it to run alone");
    for (const TensorId t : graph.op(first).inputs) {
      if (placed.count(first) == 0 && with_ring.count(t) == 0) {
        bad_schedule(tensor_label(graph, t) + ": expected a ring");
      }
    }
    if (!placed.insert(first).second) continue;
    LbdfStage stage{{first}, graph.op(first).output(), 0};
    while (with_ring.count(stage.output) == 0) {
      const OpId next = in_place_reader(graph, group, stage.output);
      if (next < 0)
        bad_schedule(tensor_label(graph, stage.output) + ": expected a ring or an activation in place");
      placed.insert(next);
      stage.ops.push_back(next);
      stage.output = graph.op(next).output();
    }
    stage.rows = needed[stage.output];
    plan.stages.push_back(std::move(stage));
  }
  return plan;
}

}  // namespace fusesim::hw
