#include "shipped_sample.h"

#include <fstream>
#include <map>
#include <memory>

#include "fusesim/config/config.h"
#include "fusesim/gnn/dataset.h"
#include "fusesim/gnn/features.h"
#include "fusesim/import/import.h"

namespace fusesim {
namespace {

const std::string kRoot = FUSESIM_SOURCE_DIR;

}  // namespace

nlohmann::json shipped_metrics(const std::string& name) {
  std::ifstream file(kRoot + "/models/gnn/" + name + ".json");
  return nlohmann::json::parse(file);
}

std::string model_path(const std::string& name) { return kRoot + "/models/" + name + ".onnx"; }

std::vector<gnn::GraphInput> invalid_sample(const std::string& scheme) {
  std::map<std::pair<std::string, bool>, std::shared_ptr<const Graph>> graphs;
  std::vector<gnn::GraphInput> groups;
  const nlohmann::json stored = shipped_metrics(scheme);
  for (const auto& entry : stored["sample"]["groups"]) {
    const bool folded = entry["fold_epilogues"];
    const std::string model = entry["model"];
    std::shared_ptr<const Graph>& graph = graphs[{model, folded}];
    if (!graph) graph = import_onnx(model_path(model), {folded, {}}).graph;
    const Config config =
        load_config(kRoot + "/configs/accelerators/" + (folded ? "default.yaml" : "paper.yaml"));
    for (const int64_t buffer : gnn::kBufferBytes) {
      if (entry["f_beta_bytes"].get<int64_t>() < buffer) continue;
      groups.push_back(gnn::group_input(*graph, entry["ops"].get<Group>(), config.datatypes, buffer));
    }
  }
  return groups;
}

}  // namespace fusesim
