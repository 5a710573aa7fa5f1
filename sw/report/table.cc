#include <fmt/format.h>

#include "fusesim/report/report.h"
#include "text.h"

namespace fusesim {
namespace {

std::string header(const Report& report) {
  const Schedule& schedule = report.schedule;
  const Config& config = report.config;
  int64_t parameters = 0;
  for (const Op& op : schedule.graph->ops) parameters += op.weights + op.biases;
  std::string text =
      fmt::format("model    {}, {} ops, {} weights and biases, sha256 {}\n", schedule.model_name,
                  schedule.graph->ops.size(), grouped(parameters), schedule.model_sha256.substr(0, 12));
  text +=
      fmt::format("machine  {}: {}x{} PEs at {} MHz, buffer {} bytes, {} with {} channel(s)\n", config.name,
                  config.pe.rows, config.pe.columns, static_cast<double>(config.clock_khz) / 1000.0,
                  grouped(schedule.buffer_bytes), config.dram.name, config.dram.channels);
  const SearchRecord& search = report.search;
  text += fmt::format("fusion   {}, search {}", to_string(schedule.scheme), search.algorithm);
  if (search.algorithm == "schedule") return text + "\n\n";
  if (search.explainer != "none") text += " with " + search.explainer;
  text += fmt::format(": {} groups evaluated in {:.2f} s, ", grouped(search.evaluated), search.seconds);
  if (search.proposed_bytes && search.exact_bytes) {
    text += fmt::format("local search {} bytes, exact search {} bytes, ", grouped(*search.proposed_bytes),
                        grouped(*search.exact_bytes));
  }
  if (search.optimal) return text + "optimal\n\n";
  if (!search.lower_bound_bytes) return text + "no bound\n\n";
  return text + fmt::format("optimum at least {} bytes\n\n", grouped(*search.lower_bound_bytes));
}

std::string group_lines(const Report& report) {
  std::string text = fmt::format("{:>5}  {:<10} {:>4}  {:<{}} {:>10} {:>12} {:>12} {:>11}  {}\n", "group",
                                 "mode", "ops", "first .. last", kNameColumns, "buffer B", "predicted B",
                                 "simulated B", "cycles", "confirmed");
  for (size_t i = 0; i < report.schedule.groups.size(); ++i) {
    const GroupSchedule& group = report.schedule.groups[i];
    const GroupResult& got = report.run.groups[i];
    text += fmt::format(
        "{:>5}  {:<10} {:>4}  {:<{}} {:>10} {:>12} {:>12} {:>11}  {}\n", i, to_string(group.mode),
        group.ops.size(), group_name(*report.schedule.graph, group.ops), kNameColumns,
        grouped(got.allocated_bytes), grouped(report.prediction.groups[i].traffic.total_bytes()),
        grouped(got.payload.total_bytes()), grouped(got.cycles.total), report.confirmed(i) ? "yes" : "NO");
  }
  return text;
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
  text += fmt::format("compulsory     {:>16}   total is {:.2f} times that (inputs, outputs, weights once)\n",
                      grouped(report.baselines.compulsory_bytes), compulsory > 0 ? total / compulsory : 0.0);
  text += fmt::format("fusable only   {:>16}\n\n", grouped(report.baselines.fusable_bytes));
  const RunResult& run = report.run;
  const double milliseconds =
      static_cast<double>(run.cycles.total) / static_cast<double>(report.config.clock_khz);
  text +=
      fmt::format("{} cycles ({:.3f} ms), PE utilisation {:.1f} %, {:.2f} GB/s, {} bus bytes, {:.3f} mJ\n",
                  grouped(run.cycles.total), milliseconds, 100.0 * run.pe_utilization,
                  run.bandwidth_bytes_per_s / 1e9, grouped(run.dram.bus_bytes), run.energy.total_pj() / 1e9);
  return text + fmt::format("peak buffer {} of {} bytes\n", grouped(peak_bytes),
                            grouped(report.schedule.buffer_bytes));
}

}  // namespace

std::string to_table(const Report& report) {
  std::string text =
      header(report) + group_lines(report) + totals(report) +
      rejected_table(report.baselines.rejected, *report.schedule.graph, report.schedule.scheme);
  const auto groups = static_cast<int64_t>(report.schedule.groups.size());
  const int64_t mismatched = report.mismatched_groups();
  text += fmt::format("\n{} of {} groups confirmed to the byte\n", groups - mismatched, groups);
  for (const Mismatch& mismatch : report.mismatches) text += "mismatch: " + describe(mismatch) + "\n";
  return text;
}

}  // namespace fusesim
