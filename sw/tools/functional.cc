#include "fusesim/tools/functional.h"

#include <algorithm>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

std::vector<TensorId> stored_tensors(const Schedule& schedule) {
  std::vector<TensorId> tensors;
  for (const GroupSchedule& group : schedule.groups)
    tensors.insert(tensors.end(), group.outgoing.begin(), group.outgoing.end());
  std::sort(tensors.begin(), tensors.end());
  return tensors;
}

}  // namespace

FunctionalRun make_functional_run(const Schedule& schedule, const FunctionalOptions& options) {
  const Graph& graph = *schedule.graph;
  if (graph.batch > 1) throw Error("--functional: expected a batch of 1, got " + std::to_string(graph.batch));
  const SeededParameters parameters(graph, options.seed);
  ReferenceRequest request{graph, schedule.datatypes, parameters, {}, stored_tensors(schedule)};
  for (const TensorId t : graph.inputs) {
    std::vector<float>& elements =
        request.inputs.emplace_back(static_cast<size_t>(graph.tensor(t).shape.elements()));
    parameters.input(t, 0, graph.tensor(t).shape.elements(), elements.data());
  }
  ReferenceRun reference = load_and_run_reference(request);
  FunctionalRun run{std::move(reference.network), {}};
  for (size_t i = 0; i < request.wanted.size(); ++i)
    run.expected.push_back({request.wanted[i], std::move(reference.values[i])});
  return run;
}

}  // namespace fusesim
