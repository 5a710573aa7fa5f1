#include "fusesim/report/report.h"
#include "fusesim/search/exact.h"
#include "group_fields.h"

namespace fusesim {
namespace {

std::optional<int64_t> unfused_bytes(const Graph& graph, Scheme scheme, const Config& config) {
  try {
    return unfused_plan({graph, scheme, config}).network_bytes;
  } catch (const Error&) {
    return std::nullopt;  // a schedule written by hand may run an op that fits only in company
  }
}

}  // namespace

int64_t compulsory_bytes(const Graph& graph, const Datatypes& datatypes) {
  int64_t bytes = 0;
  for (TensorId t : graph.inputs) {
    if (!graph.tensor(t).consumers.empty())
      bytes += graph.tensor(t).shape.elements() * datatypes.activation_bytes;
  }
  for (TensorId t : graph.outputs) {
    if (graph.tensor(t).producer >= 0) bytes += graph.tensor(t).shape.elements() * datatypes.activation_bytes;
  }
  for (const Op& op : graph.ops) {
    bytes += op.weights * datatypes.weight_bytes + op.biases * datatypes.bias_bytes;
  }
  return bytes;
}

Baselines baselines(const Schedule& schedule, const Prediction& prediction, const Config& config) {
  Baselines result;
  result.compulsory_bytes = compulsory_bytes(*schedule.graph, schedule.datatypes);
  result.unfused_bytes = unfused_bytes(*schedule.graph, schedule.scheme, config);
  result.rejected = rejected_ops(*schedule.graph, schedule.scheme, config);
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    const bool is_fusable = group_scheme(schedule, schedule.groups[i]) == schedule.scheme;
    if (is_fusable) result.fusable_bytes += prediction.groups[i].traffic.total_bytes();
  }
  return result;
}

}  // namespace fusesim
