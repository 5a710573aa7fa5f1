#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fusesim/report/report.h"
#include "insight.h"
#include "opaque_work.h"
#include "roofline.h"
#include "text.h"

namespace fusesim {
namespace {

std::string header(const Report& report) {
  const Schedule& schedule = report.schedule;
  const Config& config = report.config;
  int64_t parameters = 0;
  for (const Op& op : schedule.graph->ops) parameters += op.parameters_of < 0 ? op.weights + op.biases : 0;
  std::string text =
      fmt::format("model    {}, {}{} ops, {} weights and biases, sha256 {}\n", schedule.model_name,
                  schedule.graph->batch > 1 ? fmt::format("{} images, ", schedule.graph->batch) : "",
                  schedule.graph->ops.size(), grouped(parameters), schedule.model_sha256.substr(0, 12));
  text +=
      fmt::format("machine  {}: {}x{} PEs at {} MHz, buffer {} bytes, {} with {} channel(s)\n", config.name,
                  config.pe.rows, config.pe.columns, static_cast<double>(config.clock_khz) / 1000.0,
                  grouped(schedule.buffer_bytes), config.dram.name, config.dram.channels);
  const SearchRecord& search = report.search;
  text += fmt::format("fusion   {}, ", to_string(schedule.scheme));
  if (search.algorithm == "schedule") return text + "a stored schedule\n\n";
  text += fmt::format("least {}, search {}", search.objective, search.algorithm);
  const bool proposed = search.algorithm != "auto" || search.proposed_bytes;
  if (proposed && search.explainer != "none") text += " with " + search.explainer;
  text += fmt::format(": {} groups evaluated in {:.2f} s, ", grouped(search.evaluated), search.seconds);
  if (search.objective == "dram" && search.proposed_bytes && search.exact_bytes) {
    text += fmt::format("local search {} bytes, exact search {} bytes, ", grouped(*search.proposed_bytes),
                        grouped(*search.exact_bytes));
  }
  if (search.optimal) return text + "optimal\n\n";
  if (search.stopped) text += "stopped, not certified, ";
  if (!search.lower_bound_bytes)
    return text + (search.objective == "dram" ? "no bound\n\n" : "not proven to be optimal\n\n");
  return text + fmt::format("optimum at least {} bytes\n\n", grouped(*search.lower_bound_bytes));
}

std::string share(double part) { return part > 0 ? fmt::format("{:.1f} %", 100.0 * part) : "-"; }

/// "array 71 %"
std::string largest(const CauseCycles& cycles) {
  const Cause cause = cycles.largest();
  const auto total = static_cast<double>(std::max<int64_t>(1, cycles.total()));
  return fmt::format("{} {:.0f} %", to_string(cause), 100.0 * static_cast<double>(cycles[cause]) / total);
}

std::string group_lines(const Report& report) {
  constexpr size_t kNames = 40;
  const Graph& graph = *report.schedule.graph;
  std::string text = fmt::format(
      "{:>5}  {:<10} {:>4}  {:<{}} {:>9} {:>9} {:>11} {:>10} {:>10} {:>8}  {:<16} {:>6} {:>6}  {}\n", "group",
      "mode", "ops", "first .. last", kNames, "chan x h", "buffer B", "DRAM B", "predicted", "cycles", "uJ",
      "bound by", "util", "remade", "bytes");
  for (size_t i = 0; i < report.schedule.groups.size(); ++i) {
    const GroupSchedule& group = report.schedule.groups[i];
    const GroupPrediction& want = report.prediction.groups[i];
    const GroupResult& got = report.run.groups[i];
    const double again = recomputed(graph, group, got);
    text += fmt::format(
        "{:>5}  {:<10} {:>4}  {:<{}} {:>9} {:>9} {:>11} {:>10} {:>10} {:>8.1f}  {:<16} {:>6} {:>6}  {}\n", i,
        to_string(group.mode), group.ops.size(), group_name(graph, group.ops, kNames), kNames,
        shape_of(group), grouped(got.allocated_bytes), grouped(got.payload.total_bytes()),
        grouped(want.time.cycles), grouped(got.cycles.total), got.energy.total_pj() / 1e6,
        largest(got.causes), share(utilization(report.config, graph, group, got)),
        again > 1.0005 ? fmt::format("{:.2f}", again) : "", report.confirmed(i) ? "yes" : "NO");
  }
  return text;
}

std::string plan_line(const std::string& name, const PlanCost& cost, const Config& config,
                      const std::string& remark) {
  const double ms = static_cast<double>(cost.cycles) / static_cast<double>(config.clock_khz);
  const double mj = static_cast<double>(cost.energy_pj) / 1e9;
  return fmt::format("{:<16} {:>10.3f} {:>10.3f} {:>9.3f} {:>10.4g} {:>12}{}{}\n", name,
                     static_cast<double>(cost.dram_bytes) / 1e6, ms, mj, ms * mj,
                     grouped(cost.peak_buffer_bytes), remark.empty() ? "" : "  ", remark);
}

/// The plan that runs beside those that might have.
std::string plan_lines(const Report& report) {
  const PlanCost mine = predicted_cost(report.prediction);
  PlanCost simulated = mine;
  simulated.cycles = report.run.cycles.total;
  simulated.energy_pj = std::llround(report.run.energy.total_pj());
  std::string text = fmt::format("\n{:<16} {:>10} {:>10} {:>9} {:>10} {:>12}\n", "plan", "DRAM MB", "ms",
                                 "mJ", "mJ x ms", "buffer B");
  text += plan_line("this, simulated", simulated, report.config, "");
  text += plan_line("this, predicted", mine, report.config, "");
  for (const AlternativePlan& plan : report.alternatives) {
    std::string remark;
    if (plan.optimal) {
      remark = "optimal";
    } else if (plan.bound_share > 0) {
      remark = fmt::format("at most {:.1f} % above the optimum", 100.0 * (1.0 / plan.bound_share - 1.0));
    }
    if (plan.asked.empty()) {
      remark = report.search.objective.empty() ? "" : "each best for --objective " + report.search.objective;
    } else {
      remark += fmt::format("{}--objective {}", remark.empty() ? "" : ", ", plan.asked);
    }
    text += plan_line(plan.name, plan.cost, report.config, remark);
  }
  for (const std::string& warning : warnings(report)) text += "warning: " + warning + "\n";
  return text;
}

/// What all cycles went to, most of them first.
std::string causes_line(const CauseCycles& cycles) {
  std::vector<Cause> causes(kAllCauses.begin(), kAllCauses.end());
  std::stable_sort(causes.begin(), causes.end(),
                   [&cycles](Cause a, Cause b) { return cycles[a] > cycles[b]; });
  const auto total = static_cast<double>(std::max<int64_t>(1, cycles.total()));
  std::string text;
  for (const Cause cause : causes) {
    if (cycles[cause] == 0) continue;
    text += fmt::format("{} {} {:.1f} %", text.empty() ? "time:" : ",", to_string(cause),
                        100.0 * static_cast<double>(cycles[cause]) / total);
  }
  return text.empty() ? text : text + "\n";
}

std::string roofline_line(const Report& report) {
  const Peaks peaks = peaks_of(report.config);
  const Roofline r = roofline(peaks, report.run);
  std::string text = fmt::format("roofline: {:.1f} of {:.1f} MACs/cycle that ", r.attained, r.attainable);
  text += r.macs_per_byte ? fmt::format("{:.1f} MACs/byte allow", *r.macs_per_byte)
                          : std::string("the array has");
  text += fmt::format(", {:.1f} % of the DRAM's {:.1f} bytes/cycle", 100.0 * r.bandwidth_share,
                      peaks.bytes_per_cycle);
  if (r.row_hit_rate) text += fmt::format(", {:.1f} % row hits", 100.0 * *r.row_hit_rate);
  return text + "\n";
}

std::string energy_line(const EnergyParts& e) {
  const double total = e.total_pj() > 0 ? e.total_pj() / 100.0 : 1.0;
  return fmt::format(
      "energy: array {:.0f} %, vector unit {:.0f} %, buffer {:.0f} %, DRAM transfers {:.0f} %, "
      "DRAM background {:.0f} %, static {:.0f} %\n",
      e.array_pj / total, e.vector_pj / total, e.buffer_pj / total, e.dram_pj / total,
      e.dram_background_pj / total, e.static_pj / total);
}

/// Useful work, and with what was made again where that is more.
std::string utilization_of_run(const Report& report) {
  double useful = 0;
  for (size_t i = 0; i < report.run.groups.size(); ++i) {
    const GroupResult& got = report.run.groups[i];
    useful += utilization(report.config, *report.schedule.graph, report.schedule.groups[i], got) *
              static_cast<double>(got.cycles.total);
  }
  if (report.run.cycles.total > 0) useful /= static_cast<double>(report.run.cycles.total);
  std::string text = fmt::format("{:.1f} %", 100.0 * useful);
  if (report.run.pe_utilization - useful > 0.0005)
    text += fmt::format(" ({:.1f} % with MACs made again)", 100.0 * report.run.pe_utilization);
  return text;
}

/// Rows that tiles make again cost their multiply-accumulates again.
std::string remade_line(const Report& report) {
  const Graph& graph = *report.schedule.graph;
  const OpaqueWork opaque = opaque_work(graph);
  int64_t macs = 0;
  for (const Op& op : graph.ops) macs += graph.batch * model_macs(graph, op);
  const int64_t modelled = macs - opaque.macs;
  int64_t done = 0;
  for (const GroupResult& group : report.run.groups) done += group.macs;
  std::string text;
  if (modelled > 0) {
    const double times = static_cast<double>(done) / static_cast<double>(modelled);
    text = fmt::format("{} MACs, {:.2f} times ", grouped(done), times);
    if (opaque.macs == 0) {
      text += fmt::format("the network's {}\n", grouped(macs));
    } else {
      text += fmt::format("{} of the network's {}\n", grouped(modelled), grouped(macs));
    }
  }
  return text + opaque_line(opaque, graph);
}

std::string area_line(const AreaEstimate& area) {
  std::string text = fmt::format("area {:.3f} mm2: buffer {:.3f}, array {:.3f}", area.total_mm2(),
                                 area.buffer_mm2, area.array_mm2);
  if (area.other_mm2 > 0) text += fmt::format(", other {:.3f}", area.other_mm2);
  return text + "\n";
}

std::string traffic_line(const char* name, int64_t predicted, int64_t simulated) {
  return fmt::format("{:<14} {:>16} {:>16}\n", name, grouped(predicted), grouped(simulated));
}

std::string totals(const Report& report) {
  Traffic predicted, simulated;
  int64_t peak_bytes = 0;
  for (const GroupPrediction& group : report.prediction.groups) predicted += group.traffic;
  for (const GroupResult& group : report.run.groups) {
    simulated += group.payload;
    peak_bytes = std::max(peak_bytes, group.peak_buffer_bytes);
  }
  std::string text = fmt::format("\n{:<14} {:>16} {:>16}\n", "DRAM bytes", "predicted", "simulated");
  text += traffic_line("  ifmap", predicted.ifmap_bytes, simulated.ifmap_bytes);
  text += traffic_line("  ofmap", predicted.ofmap_bytes, simulated.ofmap_bytes);
  text += traffic_line("  weights", predicted.weight_bytes, simulated.weight_bytes);
  text += traffic_line("  total", predicted.total_bytes(), simulated.total_bytes());
  const double total = static_cast<double>(predicted.total_bytes());
  if (report.baselines.unfused_bytes) {
    const double unfused = static_cast<double>(*report.baselines.unfused_bytes);
    text += fmt::format("every op alone {:>16}   fusion saves {:.1f} %\n",
                        grouped(*report.baselines.unfused_bytes),
                        unfused > 0 ? 100.0 * (1.0 - total / unfused) : 0.0);
  }
  const double compulsory = static_cast<double>(report.baselines.compulsory_bytes);
  text += fmt::format(
      "compulsory     {:>16}   total is {:.2f} times that (what is needed of inputs, outputs, weights, "
      "once)\n",
      grouped(report.baselines.compulsory_bytes), compulsory > 0 ? total / compulsory : 0.0);
  text += fmt::format("fusable only   {:>16}\n\n", grouped(report.baselines.fusable_bytes));
  const RunResult& run = report.run;
  const double milliseconds =
      static_cast<double>(run.cycles.total) / static_cast<double>(report.config.clock_khz);
  text +=
      fmt::format("{} cycles ({:.3f} ms), PE utilisation {}, {:.2f} GB/s, {} bus bytes, {:.3f} mJ\n",
                  grouped(run.cycles.total), milliseconds, utilization_of_run(report),
                  run.bandwidth_bytes_per_s / 1e9, grouped(run.dram.bus_bytes), run.energy.total_pj() / 1e9);
  text += causes_line(run.causes) + roofline_line(report) + energy_line(run.energy);
  text += fmt::format("buffer: {} bytes allocated at most, {} of them full at once, of {}\n",
                      grouped(predicted_cost(report.prediction).peak_buffer_bytes), grouped(peak_bytes),
                      grouped(report.schedule.buffer_bytes));
  return text + remade_line(report) + area_line(area_of(report.config)) + plan_lines(report);
}

}  // namespace

std::string to_table(const Report& report) {
  std::string text =
      header(report) + group_lines(report) + totals(report) +
      rejected_table(report.baselines.rejected, *report.schedule.graph, report.schedule.scheme) +
      skipped_table(report.skipped);
  const auto groups = static_cast<int64_t>(report.schedule.groups.size());
  const int64_t mismatched = report.mismatched_groups();
  text += fmt::format("\n{} of {} groups confirmed to the byte\n", groups - mismatched, groups);
  const int64_t predicted = total_time(report.prediction).cycles;
  const int64_t simulated = report.run.cycles.total;
  text += fmt::format(
      "cycles {}: predicted {}, simulated {}, {:+.2f} % (confirm.cycles_tolerance {:.1f} % and a refresh a "
      "group)\n",
      report.cycles_confirmed() ? "confirmed" : "NOT CONFIRMED", grouped(predicted), grouped(simulated),
      100.0 * static_cast<double>(simulated - predicted) /
          static_cast<double>(std::max<int64_t>(1, simulated)),
      100.0 * report.config.confirm.cycles_tolerance);
  if (report.values) {
    text += fmt::format("values {}: {} of {} elements of {} tensors differ from LibTorch's\n",
                        report.values_confirmed() ? "confirmed" : "NOT CONFIRMED",
                        grouped(report.values->different), grouped(report.values->elements),
                        report.values->tensors);
    text += fmt::format("values of weights: the file's of {} of {} ops that have some, the others drawn\n",
                        report.values->filed_ops, report.values->parameter_ops);
  }
  for (const Mismatch& mismatch : report.mismatches) text += "mismatch: " + describe(mismatch) + "\n";
  return text;
}

}  // namespace fusesim
