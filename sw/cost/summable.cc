#include "summable.h"

#include <algorithm>

namespace fusesim {
namespace {

void require(const Graph& graph, int64_t value, const char* what) {
  const auto ops = static_cast<int64_t>(std::max<size_t>(graph.ops.size(), 1));
  if (value <= (int64_t{1} << 61) / ops) return;
  throw RangeError(std::string(what) + ": expected at most 2^61 over the number of ops, got " +
                   std::to_string(value));
}

}  // namespace

std::string name_of(const Graph& graph, const Group& group) {
  const std::string& first = graph.op(group.front()).name;
  if (group.size() == 1) return "op '" + first + "'";
  return "the " + std::to_string(group.size()) + " ops from '" + first + "' to '" +
         graph.op(group.back()).name + "'";
}

void require_summable(const Graph& graph, const GroupCost& cost) {
  const Traffic& t = cost.traffic;
  require(
      graph,
      checked_add(checked_add(t.ifmap_bytes, t.ofmap_bytes, "bytes moved"), t.weight_bytes, "bytes moved"),
      "bytes moved");
  require(graph, cost.cycles, "cycles");
  require(graph, cost.energy_pj, "picojoules");
}

void require_summable(const Graph& graph, const OpWork& work) {
  require(graph, std::max(work.array_cycles, work.vector_cycles), "cycles");
  require(graph, work.energy_pj, "picojoules");
}

void require_summable(const Graph& graph, const GroupPrediction& prediction) {
  const PredictedTime& time = prediction.time;
  require_summable(graph, GroupCost{prediction.traffic, 0, time.cycles, time.energy_pj});
  require(graph, time.macs, "multiply-accumulates");
  require(graph, std::max({time.array_cycles, time.vector_cycles, time.port_cycles, time.dram_cycles}),
          "cycles");
}

}  // namespace fusesim
