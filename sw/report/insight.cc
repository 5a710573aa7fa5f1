#include "insight.h"

#include <fmt/format.h>

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

int64_t mac_count_of(const Graph& graph, const GroupSchedule& schedule) {
  int64_t macs = 0;
  for (const OpId o : schedule.ops) {
    if (!is_opaque(graph.op(o))) macs += model_macs(graph, graph.op(o));
  }
  return graph.batch * macs;
}

const AlternativePlan* find(const std::vector<AlternativePlan>& plans, const std::string& asked) {
  const auto at = std::find_if(plans.begin(), plans.end(),
                               [&asked](const AlternativePlan& plan) { return plan.asked == asked; });
  return at == plans.end() ? nullptr : &*at;
}

}  // namespace

double recomputed(const Graph& graph, const GroupSchedule& schedule, const GroupResult& group) {
  const int64_t macs = mac_count_of(graph, schedule);
  return macs > 0 ? static_cast<double>(group.macs) / static_cast<double>(macs) : 0.0;
}

double utilization(const Config& config, const Graph& graph, const GroupSchedule& schedule,
                   const GroupResult& group) {
  if (group.cycles.total == 0) return 0.0;
  const int64_t useful = std::min(group.macs, mac_count_of(graph, schedule));
  return static_cast<double>(useful) /
         (static_cast<double>(group.cycles.total) * static_cast<double>(config.pe.rows * config.pe.columns));
}

std::string shape_of(const GroupSchedule& schedule) {
  const BrrSchedule& brr = schedule.brr;
  if (schedule.strips > 1) {
    GroupSchedule strip = schedule;
    strip.strips = 1;
    const std::string shape = shape_of(strip);
    return fmt::format("{}{}in {}", shape, shape.empty() ? "" : " ", schedule.strips);
  }
  switch (schedule.mode) {
    case GroupMode::brr_tiles:
      return fmt::format("{} x {}", brr.slice_channels, brr.tile_rows);
    case GroupMode::brr_passes:
      return fmt::format("{} x 1", brr.block_channels);
    case GroupMode::lbdf:
    case GroupMode::opaque:
      break;
  }
  return "";
}

PredictedTime total_time(const Prediction& prediction) {
  PredictedTime sum;
  for (const GroupPrediction& group : prediction.groups) {
    sum.cycles += group.time.cycles;
    sum.energy_pj += group.time.energy_pj;
    sum.array_cycles += group.time.array_cycles;
    sum.vector_cycles += group.time.vector_cycles;
    sum.port_cycles += group.time.port_cycles;
    sum.dram_cycles += group.time.dram_cycles;
    sum.macs += group.time.macs;
  }
  return sum;
}

std::vector<std::string> warnings(const Report& report) {
  std::vector<std::string> found;
  const AlternativePlan* unfused = find(report.alternatives, "");
  if (unfused == nullptr) return found;
  const PredictedTime mine = total_time(report.prediction);
  const AlternativePlan* edp = find(report.alternatives, to_string(Goal::edp));
  const auto warn = [&](const char* what, int64_t value, int64_t unfused_value, int64_t edp_value) {
    if (value <= unfused_value) return;
    std::string text = fmt::format("this plan takes {:.2f} times the {} of every op alone",
                                   static_cast<double>(value) / static_cast<double>(unfused_value), what);
    if (edp != nullptr && edp_value < value) {
      text += fmt::format("; --objective {} finds one that takes {:.2f} times it and moves {:.3f} MB",
                          edp->asked, static_cast<double>(edp_value) / static_cast<double>(unfused_value),
                          static_cast<double>(edp->cost.dram_bytes) / 1e6);
    }
    found.push_back(text);
  };
  warn("time", mine.cycles, unfused->cost.cycles, edp == nullptr ? 0 : edp->cost.cycles);
  warn("energy", mine.energy_pj, unfused->cost.energy_pj, edp == nullptr ? 0 : edp->cost.energy_pj);
  return found;
}

}  // namespace fusesim
