#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "fusesim/explain/fidelity.h"
#include "fusesim/explain/rg_explainer.h"
#include "fusesim/gnn/checkpoint.h"
#include "fusesim/gnn/dataset.h"
#include "fusesim/gnn/features.h"
#include "fusesim/import/import.h"

namespace fusesim {
namespace {

const std::string kRoot = FUSESIM_SOURCE_DIR;

nlohmann::json metrics(const std::string& name) {
  std::ifstream file(kRoot + "/models/gnn/" + name + ".json");
  return nlohmann::json::parse(file);
}

/// The groups that do not fit of the sample of test groups that ships with the network.
std::vector<gnn::GraphInput> invalid_sample(const std::string& scheme) {
  std::map<std::pair<std::string, bool>, std::shared_ptr<const Graph>> graphs;
  std::vector<gnn::GraphInput> groups;
  const nlohmann::json stored = metrics(scheme);
  for (const auto& entry : stored["sample"]["groups"]) {
    const bool folded = entry["fold_epilogues"];
    const std::string model = entry["model"];
    std::shared_ptr<const Graph>& graph = graphs[{model, folded}];
    if (!graph) graph = import_onnx(kRoot + "/models/" + model + ".onnx", {folded, {}}).graph;
    const Config config =
        load_config(kRoot + "/configs/accelerators/" + (folded ? "default.yaml" : "paper.yaml"));
    for (const int64_t buffer : gnn::kBufferBytes) {
      if (entry["f_beta_bytes"].get<int64_t>() < buffer) continue;
      groups.push_back(gnn::group_input(*graph, entry["ops"].get<Group>(), config.datatypes, buffer));
    }
  }
  return groups;
}

class RgShipped : public testing::TestWithParam<const char*> {};

TEST_P(RgShipped, WeightsAndMetricsComeFromOneRunForThisNetwork) {
  const gnn::Network network = gnn::read_group_network(GetParam(), kRoot).network;
  const RgWeights weights = read_rg_weights(GetParam(), network, kRoot);
  const nlohmann::json stored = metrics(std::string(GetParam()) + ".rg");
  EXPECT_EQ(stored["network"], weights.network);
  EXPECT_EQ(stored["command"], weights.command);
  EXPECT_EQ(stored["data_set"]["sha256"], weights.data_set);
}

/// What is kept is smaller than the group, and the network still calls it invalid.
TEST_P(RgShipped, KeepsPartsThatStayInvalid) {
  const gnn::Network network = gnn::read_group_network(GetParam(), kRoot).network;
  RgExplainer explainer(network, read_rg_weights(GetParam(), network, kRoot));
  const std::vector<gnn::GraphInput> groups = invalid_sample(GetParam());
  std::vector<ExplainedGraph> graphs;
  for (const gnn::GraphInput& group : groups) graphs.push_back({&group, gnn::kInvalid});
  const Fidelity found = fidelity(network, explainer, graphs, 0);
  ASSERT_GE(found.graphs, 10);
  EXPECT_GT(found.induced, 0.85);
  EXPECT_LT(found.edge_share, 0.6);
}

INSTANTIATE_TEST_SUITE_P(Schemes, RgShipped, testing::Values("lbdf", "brr"),
                         [](const auto& scheme) { return std::string(scheme.param); });

}  // namespace
}  // namespace fusesim
