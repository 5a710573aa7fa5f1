#include "fusesim/tools/functional.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/read_file.h"
#include "fusesim/values/npy.h"

namespace fusesim {
namespace {

/// Elements of the one input, from a file.
std::vector<float> read_input(const Graph& graph, const std::string& path) {
  if (graph.inputs.size() != 1)
    throw Error("--input: expected a network of one input, got " + std::to_string(graph.inputs.size()));
  const Shape& shape = graph.tensor(graph.inputs.front()).shape;
  NpyArray array = npy_from_bytes(read_file(path), path);
  if (static_cast<int64_t>(array.elements.size()) != shape.elements()) {
    throw Error(path + ": expected " + std::to_string(shape.elements()) + " elements (" +
                std::to_string(shape.c) + ", " + std::to_string(shape.h) + ", " + std::to_string(shape.w) +
                "), got " + std::to_string(array.elements.size()));
  }
  return std::move(array.elements);
}

}  // namespace

std::vector<OutputFile> output_files(const Graph& graph, const ReferenceRun& run,
                                     const std::vector<StoredValues>& stored) {
  std::vector<OutputFile> files;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const TensorId t = graph.outputs[i];
    const Shape& shape = graph.tensor(t).shape;
    NpyArray array{{1, shape.c, shape.h, shape.w}, {}};
    const auto at =
        std::find_if(stored.begin(), stored.end(), [t](const StoredValues& s) { return s.tensor == t; });
    if (at == stored.end()) continue;  // an input that is an output
    for (const Value q : at->values)
      array.elements.push_back(
          std::ldexp(static_cast<float>(q), -run.network.fractions[static_cast<size_t>(t)]));
    files.push_back({"output_" + std::to_string(i) + ".npy", to_npy(array)});
  }
  return files;
}

ReferenceRun make_functional_run(const Schedule& schedule, const FunctionalOptions& options) {
  const Graph& graph = *schedule.graph;
  if (graph.batch > 1) throw Error("--functional: expected a batch of 1, got " + std::to_string(graph.batch));
  const SeededParameters parameters(graph, options.seed);
  ReferenceRequest request{graph, schedule.datatypes, parameters, {}, stored_tensors(schedule)};
  if (options.input_path.empty()) {
    request.inputs = parameters.inputs();
  } else {
    request.inputs.push_back(read_input(graph, options.input_path));
  }
  return load_and_run_reference(request);
}

}  // namespace fusesim
