#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/needed_elements.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/cost/widths.h"
#include "fusesim/report/report.h"
#include "group_fields.h"

namespace fusesim {
namespace {

/// Every op alone, each at the cheapest of all schemes.
std::optional<int64_t> unfused_bytes(const Graph& graph, const Config& config) {
  std::vector<PlanGroupModel> models;
  for (const FusionScheme* scheme : fusion_schemes())
    models.emplace_back(graph, *scheme, cost_params(config), config.buffer.capacity_bytes);
  int64_t bytes = 0;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    std::optional<int64_t> least;
    for (PlanGroupModel& model : models) {
      const std::optional<GroupCost> cost = model.cost({o});
      if (cost && (!least || cost->traffic.total_bytes() < *least)) least = cost->traffic.total_bytes();
    }
    if (!least) return std::nullopt;  // a schedule written by hand may run an op that fits only in company
    bytes += *least;
  }
  return bytes;
}

}  // namespace

int64_t compulsory_bytes(const Graph& graph, const Datatypes& datatypes) {
  int64_t bytes = 0;
  const std::vector<int64_t> needed = needed_elements(graph);
  for (TensorId t : graph.inputs) {
    if (!graph.tensor(t).consumers.empty())
      bytes += graph.batch *
               ceil_div(needed[static_cast<size_t>(t)] * element_bits(graph.tensor(t), datatypes), 8);
  }
  for (TensorId t : graph.outputs) {
    if (graph.tensor(t).producer >= 0) bytes += graph.batch * tensor_bytes(graph.tensor(t), datatypes);
  }
  for (const Op& op : graph.ops) {
    if (op.parameters_of >= 0) continue;  // counted with the op that has them
    bytes += weight_bytes(op, datatypes);
  }
  return bytes;
}

Baselines baselines(const Schedule& schedule, const Prediction& prediction, const Config& config) {
  Baselines result;
  result.compulsory_bytes = compulsory_bytes(*schedule.graph, schedule.datatypes);
  result.unfused_bytes = unfused_bytes(*schedule.graph, config);
  result.rejected = rejected_ops(*schedule.graph, schedule.scheme, config);
  for (size_t i = 0; i < schedule.groups.size(); ++i) {
    const bool is_fusable = group_scheme(schedule, schedule.groups[i]) == schedule.scheme;
    if (is_fusable) result.fusable_bytes += prediction.groups[i].traffic.total_bytes();
  }
  return result;
}

}  // namespace fusesim
