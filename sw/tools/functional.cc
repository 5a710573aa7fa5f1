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

/// Those of the file, and for ops of which it has none drawn ones.
class FiledParameters : public ParameterSource {
 public:
  FiledParameters(const std::vector<OpParameters>& filed, const ParameterSource& others)
      : filed_(filed), others_(others) {}
  void weights(OpId op, int64_t first, int64_t count, float* out) const override {
    if (!is_filed(op)) return others_.weights(op, first, count, out);
    std::copy_n(of(op).weights.begin() + first, count, out);
  }
  void biases(OpId op, int64_t first, int64_t count, float* out) const override {
    if (!is_filed(op)) return others_.biases(op, first, count, out);
    std::copy_n(of(op).biases.begin() + first, count, out);
  }

 private:
  const OpParameters& of(OpId op) const { return filed_[static_cast<size_t>(op)]; }
  bool is_filed(OpId op) const { return !filed_.empty() && of(op).known(); }

  const std::vector<OpParameters>& filed_;
  const ParameterSource& others_;
};

}  // namespace

int64_t filed_ops(const std::vector<OpParameters>& parameters) {
  return std::count_if(parameters.begin(), parameters.end(),
                       [](const OpParameters& op) { return op.known(); });
}

int64_t parameter_ops(const Graph& graph) {
  return std::count_if(graph.ops.begin(), graph.ops.end(),
                       [](const Op& op) { return op.kind != OpKind::opaque && op.weights + op.biases > 0; });
}

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

ReferenceRun make_functional_run(const Schedule& schedule, const FunctionalOptions& options,
                                 const std::vector<OpParameters>& filed) {
  const Graph& graph = *schedule.graph;
  const SeededParameters seeded(graph, options.seed);
  const FiledParameters parameters(filed, seeded);
  ReferenceRequest request{graph, schedule.datatypes, parameters, {}, stored_tensors(schedule)};
  if (options.input_path.empty()) {
    request.inputs = seeded.inputs();
  } else {
    request.inputs.push_back(read_input(graph, options.input_path));
  }
  return load_and_run_reference(request);
}

}  // namespace fusesim
