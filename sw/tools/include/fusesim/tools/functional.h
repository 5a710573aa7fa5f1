#pragma once

#include <string>
#include <vector>

#include "fusesim/import/import.h"
#include "fusesim/reference/reference.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/output_directory.h"
#include "fusesim/values/compare.h"

namespace fusesim {

/// Takes parameters from the model's file, draws those that it does not have and inputs, and evaluates the
/// whole graph with LibTorch: what the machine computes with, and what every tensor that the schedule stores
/// has to come to, ascending. Throws Error, also where LibTorch's module is not installed.
ReferenceRun make_functional_run(const Schedule& schedule, const FunctionalOptions& options,
                                 const std::vector<OpParameters>& parameters);

/// Ops whose weights and biases came from the file, and all that have some.
int64_t filed_ops(const std::vector<OpParameters>& parameters);
int64_t parameter_ops(const Graph& graph);

/// Every output of the network as an .npy file of real numbers, (1, C, H, W), under its name: output_0.npy is
/// the first of Graph::outputs.
std::vector<OutputFile> output_files(const Graph& graph, const ReferenceRun& run,
                                     const std::vector<StoredValues>& stored);

/// run_reference() of the module that lies beside the programs. Throws Error.
ReferenceRun load_and_run_reference(const ReferenceRequest& request);

}  // namespace fusesim
