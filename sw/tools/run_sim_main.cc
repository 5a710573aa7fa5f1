#include <iostream>
#include <optional>
#include <stdexcept>

#include "fusesim/report/comparison.h"
#include "fusesim/tools/functional.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/tools/pipeline.h"
#include "fusesim/tools/program.h"

namespace {

using namespace fusesim;

std::string rendered(const Report& report, Format format) {
  switch (format) {
    case Format::table:
      return to_table(report);
    case Format::json:
      return to_json(report);
    case Format::csv:
      return to_csv(report);
    case Format::text:
    case Format::dot:
    case Format::svg:
      break;
  }
  throw std::logic_error(std::string("run_sim prints no ") + to_string(format));
}

/// "100, got 120"
std::string report_cycles(const Report& report) {
  int64_t predicted = 0;
  for (const GroupPrediction& group : report.prediction.groups) predicted += group.time.cycles;
  return std::to_string(predicted) + ", got " + std::to_string(report.run.cycles.total);
}

void tell_differences(const Report& report) {
  for (const Mismatch& mismatch : report.mismatches) std::cerr << "run_sim: " << describe(mismatch) << '\n';
  if (!report.cycles_confirmed()) {
    std::cerr
        << "run_sim: cycles lie more than confirm.cycles_tolerance away from the predicted ones: expected "
        << report_cycles(report) << '\n';
  }
  if (!report.values) return;
  for (const std::string& difference : report.values->differences)
    std::cerr << "run_sim: " << difference << '\n';
}

int compare(const Options& options) {
  const ReportComparison comparison = compare_reports(options.compare[0], options.compare[1]);
  print(options.format == Format::json ? to_json(comparison) : to_table(comparison));
  return kSuccess;
}

int run(const Options& options, TerminalProgress& progress) {
  if (!options.compare.empty()) return compare(options);
  std::optional<OutputDirectory> out;
  if (!options.out.empty()) {
    out.emplace(options.out,
                std::vector<std::string>{"report.json", "report.csv", "schedule.json", "config.yaml"});
  }
  const Planned planned = make_plan(options, progress);
  std::optional<OutputDirectory> outputs;
  if (!options.functional.outputs_path.empty())
    outputs.emplace(options.functional.outputs_path, std::vector<std::string>{"output_0.npy"});
  std::optional<ReferenceRun> functional;
  if (options.functional.on) {
    progress.update("reference", 0, 0);
    functional = make_functional_run(planned.schedule, options.functional, planned.model.parameters);
  }
  std::optional<DramTrace> trace;
  if (!options.dram_trace.empty()) {
    trace.emplace(options.dram_trace, options.dram_trace_format, planned.config.dram);
  }
  const RunResult result = run_machine(planned, progress, functional ? &functional->network : nullptr,
                                       trace ? &*trace : nullptr, options.timeline);
  if (trace) trace->finish();
  std::optional<ValueComparison> values;
  if (functional) {
    values = compare_values(*planned.schedule.graph, functional->values, result.values);
    values->filed_ops = filed_ops(planned.model.parameters);
    values->parameter_ops = parameter_ops(*planned.schedule.graph);
  }
  const Report report{planned.config,
                      planned.schedule,
                      planned.prediction,
                      result,
                      confirm(planned.schedule, planned.prediction, result),
                      baselines(planned.schedule, planned.prediction, planned.config),
                      planned.search,
                      alternatives(options, planned, progress),
                      planned.skipped,
                      values};
  progress.clear();
  std::vector<Output> written;
  if (out) {
    written.push_back({&*out,
                       {{"report.json", to_json(report)},
                        {"report.csv", to_csv(report)},
                        {"schedule.json", to_json(planned.schedule, &planned.prediction)},
                        {"config.yaml", to_yaml(planned.config)}}});
  }
  if (outputs)
    written.push_back({&*outputs, output_files(*planned.schedule.graph, *functional, result.values)});
  OutputDirectory::write_together(written);
  print(rendered(report, options.format));
  note_written(written);
  tell_differences(report);
  const bool confirmed = report.mismatches.empty() && report.cycles_confirmed() && report.values_confirmed();
  return confirmed ? kSuccess : kMismatch;
}

}  // namespace

int main(int argc, char** argv) { return fusesim::run_program(argc, argv, fusesim::Program::run_sim, run); }
