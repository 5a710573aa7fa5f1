#pragma once

#include <memory>

#include "fusesim/import/import.h"
#include "fusesim/report/report.h"
#include "fusesim/tools/dram_trace.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/progress.h"
#include "fusesim/tools/search_plan.h"

namespace fusesim {

/// A network with the schedule that the machine is going to run and what is predicted of it.
struct Planned {
  Config config;
  ImportedModel model;
  std::vector<SkippedOp> skipped;  ///< opaque in model.graph, and not in the file
  Schedule schedule;
  Prediction prediction;
  SearchRecord search;
  FoundPlan found;  ///< empty for a stored schedule
};

/// The configuration that the options ask for. Throws Error.
Config resolve_config(const Options& options);

/// The network that the options name; its notes go to standard error. Throws Error.
ImportedModel import_model(const Options& options, const Config& config, Progress& progress);

/// Imports the model, and searches a plan or reads the schedule; the prediction is always computed anew.
/// A schedule runs at the buffer size that it was made for. Throws Error.
Planned make_plan(const Options& options, Progress& progress);

/// What else could run, as predicted; nothing if the options leave it out.
std::vector<AlternativePlan> alternatives(const Options& options, const Planned& planned, Progress& progress);

/// Runs the plan on the machine, with values if there are any; `trace`, unless null, gets what is asked of
/// the DRAM, and what `timeline` asks for is written. A process can do it once. Throws SimulationError, or
/// Error if a file cannot be written.
RunResult run_machine(const Planned& planned, Progress& progress, const ValueNetwork* values = nullptr,
                      DramTrace* trace = nullptr, const TimelineOptions& timeline = {});

}  // namespace fusesim
