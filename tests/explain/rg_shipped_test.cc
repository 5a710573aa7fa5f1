#include <gtest/gtest.h>

#include "fusesim/explain/fidelity.h"
#include "fusesim/explain/rg_explainer.h"
#include "fusesim/gnn/checkpoint.h"
#include "shipped_sample.h"

namespace fusesim {
namespace {

const std::string kRoot = FUSESIM_SOURCE_DIR;

class RgShipped : public testing::TestWithParam<const char*> {};

TEST_P(RgShipped, WeightsAndMetricsComeFromOneRunForThisNetwork) {
  const gnn::Network network = gnn::read_group_network(GetParam(), kRoot).network;
  const RgWeights weights = read_rg_weights(GetParam(), network, kRoot);
  const nlohmann::json stored = shipped_metrics(std::string(GetParam()) + ".rg");
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
  graphs.reserve(groups.size());
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
