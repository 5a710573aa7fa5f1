#include "host.h"

#include <cstdlib>
#include <iostream>

#include "fusesim/cost/scheme.h"
#include "fusesim/import/import.h"
#include "fusesim/report/confirm.h"
#include "fusesim/search/exact.h"

using namespace fusesim;

Config machine(const std::string& name) {
  setenv("FUSESIM_DATA_DIR", DATA_DIR, 0);
  return load_config(name.empty() ? "" : data_directory() + "/configs/accelerators/" + name + ".yaml");
}

Planned plan(const std::string& model_name, const Config& config) {
  const ImportedModel model = import_onnx(resolve_model(model_name, data_directory()));
  const SearchResult found = exact_search({*model.graph, Scheme::lbdf, config});
  Planned planned;
  planned.name = model.name;
  planned.schedule = make_schedule(*model.graph, found.plan, Scheme::lbdf, config);
  planned.schedule.graph = model.graph;
  planned.prediction = predict(planned.schedule, config);
  return planned;
}

bool confirmed(const Planned& planned, const Accelerator& accelerator) {
  const RunResult& result = accelerator.result();
  const auto mismatches = confirm(planned.schedule, planned.prediction, result);
  for (const Mismatch& mismatch : mismatches) std::cerr << describe(mismatch) << '\n';
  int64_t bytes = 0;
  for (const GroupResult& group : result.groups) bytes += group.payload.total_bytes();
  std::cout << planned.name << ": " << result.groups.size() << " groups, " << bytes << " bytes, "
            << mismatches.size() << " mismatches, " << result.cycles.total << " cycles\n";
  return mismatches.empty();
}
