#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "fusesim/import/import.h"
#include "fusesim/testing/brute_force.h"

namespace fusesim::testing {
namespace {

using nlohmann::json;

/// densenet121's vectors keep activations apart and give them no parameters.
Graph network(const std::string& model) {
  const bool loose = model == "densenet121";
  ImportOptions options;
  options.fold_epilogues = !loose;
  Graph graph = *import_onnx(std::string(FUSESIM_SOURCE_DIR) + "/models/" + model + ".onnx", options).graph;
  for (Op& op : graph.ops) {
    if (loose && op.kind == OpKind::activation) op.weights = op.biases = 0;
  }
  graph.finish();
  return graph;
}

Group find_group(const Graph& graph, const json& ops) {
  std::set<OpId> group;
  for (const json& nodes : ops) {
    const auto first = nodes.front().get<std::string>();
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      const std::vector<std::string>& names = graph.ops[o].nodes;
      if (std::find(names.begin(), names.end(), first) != names.end()) group.insert(static_cast<OpId>(o));
    }
  }
  return {group.begin(), group.end()};
}

json to_json(const BruteTraffic& t) {
  return {{"ifmap_bytes", t.ifmap_bytes}, {"ofmap_bytes", t.ofmap_bytes}, {"weight_bytes", t.weight_bytes}};
}

json lbdf_figures(const BruteLbdf& brute) {
  json figures = to_json(brute.traffic);
  figures["f_beta_bytes"] = brute.f_beta_bytes;
  return figures;
}

json brr_figures(const BruteBrr& brute, int64_t buffer_bytes) {
  if (!brute.illegal_reason.empty()) return {{"legal", false}, {"f_beta_bytes", nullptr}};
  json figures{{"legal", true}, {"f_beta_bytes", brute.f_beta_bytes}};
  const BruteBrrCandidate* best = brute.best(buffer_bytes);
  if (best == nullptr) return figures;
  figures.update(to_json(best->traffic));
  figures["footprint_bytes"] = best->footprint_bytes;
  figures["tiles"] = best->tiles;
  figures["resident"] = best->weights_resident;
  figures["schedule"] = best->passes_mode ? "passes" : "tiles";
  return figures;
}

class BruteVectors : public ::testing::TestWithParam<std::string> {};

/// The reading of the definitions that the brute force takes is the one of the recorded figures.
TEST_P(BruteVectors, BruteForceAgreesWithTheRecordedFigures) {
  std::ifstream file(std::string(FUSESIM_SOURCE_DIR) + "/tests/golden/vectors.json");
  const json all = json::parse(file);
  const Graph graph = network(GetParam());
  int compared = 0;
  for (const json& v : all.at("vectors")) {
    if (v.at("model") != GetParam()) continue;
    const Group group = find_group(graph, v.at("ops"));
    ASSERT_EQ(group.size(), v.at("ops").size());
    json expected = v.at("lbdf");
    expected.erase("ring_rows");
    EXPECT_EQ(lbdf_figures(brute_lbdf(graph, group, BruteParams{})), expected) << v.at("ops");
    const BruteBrr brute = brute_brr(graph, group, BruteParams{});
    EXPECT_EQ(brr_figures(brute, int64_t{96} * 1024), v.at("brr_96KiB")) << v.at("ops");
    EXPECT_EQ(brr_figures(brute, int64_t{384} * 1024), v.at("brr_384KiB")) << v.at("ops");
    ++compared;
  }
  EXPECT_EQ(compared, 14);
}

INSTANTIATE_TEST_SUITE_P(Zoo, BruteVectors,
                         ::testing::Values("resnet18", "resnet50", "mobilenet_v2", "efficientnet_b3",
                                           "squeezenet1_0", "inception_v3", "densenet121"));

}  // namespace
}  // namespace fusesim::testing
