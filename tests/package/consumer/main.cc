#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "fusesim/cost/scheme.h"
#include "fusesim/explain/controls.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/import/import.h"
#include "fusesim/report/confirm.h"
#include "fusesim/search/exact.h"

using namespace fusesim;

namespace {

int64_t total(const std::vector<GroupPrediction>& groups) {
  int64_t bytes = 0;
  for (const GroupPrediction& group : groups) bytes += group.traffic.total_bytes();
  return bytes;
}

int64_t total(const std::vector<GroupResult>& groups) {
  int64_t bytes = 0;
  for (const GroupResult& group : groups) bytes += group.payload.total_bytes();
  return bytes;
}

int run(const std::string& model_name) {
  const Config config = load_config(data_directory() + "/configs/accelerators/ethos_u55_256.yaml");
  const ImportedModel model = import_onnx(resolve_model(model_name, data_directory()));
  const SearchResult found = exact_search({*model.graph, Scheme::lbdf, config});
  Schedule schedule = make_schedule(*model.graph, found.plan, Scheme::lbdf, config);
  schedule.graph = model.graph;
  const Prediction prediction = predict(schedule, config);
  const RunResult result = simulate(config, {schedule}).runs.front();
  const auto mismatches = confirm(schedule, prediction, result);
  for (const Mismatch& mismatch : mismatches) std::cerr << describe(mismatch) << '\n';
  std::cout << model.name << ": " << schedule.groups.size() << " groups, " << total(prediction.groups)
            << " bytes predicted, " << total(result.groups) << " bytes simulated\n";
  return mismatches.empty() ? 0 : 1;
}

}  // namespace

/// Plans and simulates a network of the zoo. Exit code 0: every group confirmed.
int main(int argc, char** argv) {
  if (argc != 2) return 2;
  setenv("FUSESIM_DATA_DIR", DATA_DIR, 0);
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
