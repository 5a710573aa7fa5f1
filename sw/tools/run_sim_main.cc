#include <iostream>
#include <optional>

#include "fusesim/tools/options.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/tools/pipeline.h"

namespace {

using namespace fusesim;

constexpr int kConfirmed = 0;
constexpr int kMismatch = 1;
constexpr int kBadInput = 2;
constexpr int kInternalError = 3;

void print(const std::string& text) {
  std::cout << text << std::flush;
  if (!std::cout) throw Error("standard output: cannot write");
}

std::string rendered(const Report& report, Format format) {
  switch (format) {
    case Format::json:
      return to_json(report);
    case Format::csv:
      return to_csv(report);
    case Format::table:
      break;
  }
  return to_table(report);
}

int run(const Options& options, TerminalProgress& progress) {
  std::optional<OutputDirectory> out;
  if (!options.out.empty()) {
    out.emplace(options.out,
                std::vector<std::string>{"report.json", "report.csv", "schedule.json", "config.yaml"});
  }
  const Planned planned = make_plan(options, progress);
  const RunResult result = run_machine(planned, progress);
  const Report report{planned.config,
                      planned.schedule,
                      planned.prediction,
                      result,
                      confirm(planned.schedule, planned.prediction, result),
                      baselines(planned.schedule, planned.prediction, planned.config),
                      planned.search};
  progress.clear();
  if (out) {
    out->write({{"report.json", to_json(report)},
                {"report.csv", to_csv(report)},
                {"schedule.json", to_json(planned.schedule, &planned.prediction)},
                {"config.yaml", to_yaml(planned.config)}});
  }
  print(rendered(report, options.format));
  for (const Mismatch& mismatch : report.mismatches) std::cerr << "run_sim: " << describe(mismatch) << '\n';
  return report.mismatches.empty() ? kConfirmed : kMismatch;
}

int dispatch(const ParsedOptions& parsed, TerminalProgress& progress) {
  if (parsed.text) {
    print(*parsed.text);
    return kConfirmed;
  }
  switch (parsed.options.action) {
    case Options::Action::list_models: {
      std::string names;
      for (const std::string& name : zoo_models(data_directory())) names += name + '\n';
      print(names);
      return kConfirmed;
    }
    case Options::Action::print_config:
      print(to_yaml(resolve_config(parsed.options)));
      return kConfirmed;
    case Options::Action::run:
      break;
  }
  return run(parsed.options, progress);
}

}  // namespace

int main(int argc, char** argv) {
  TerminalProgress progress;
  const auto stop = [&](const char* prefix, const std::exception& error, int code) {
    progress.clear();
    std::cerr << prefix << error.what() << '\n';
    return code;
  };
  try {
    return dispatch(parse_options(argc, argv), progress);
  } catch (const SimulationError& error) {
    return stop("run_sim: simulation: ", error, kMismatch);
  } catch (const Error& error) {
    return stop("", error, kBadInput);
  } catch (const std::exception& error) {
    return stop("run_sim: internal error: ", error, kInternalError);
  }
}
