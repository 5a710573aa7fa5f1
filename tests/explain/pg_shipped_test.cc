#include <gtest/gtest.h>

#include "fusesim/explain/fidelity.h"
#include "fusesim/explain/pg_explainer.h"
#include "fusesim/gnn/checkpoint.h"
#include "shipped_sample.h"

namespace fusesim {
namespace {

const std::string kRoot = FUSESIM_SOURCE_DIR;

class PgShipped : public testing::TestWithParam<const char*> {
 protected:
  gnn::Network network_ = gnn::read_group_network(GetParam(), kRoot).network;
  PgWeights weights_ = read_pg_weights(GetParam(), network_, kRoot);
};

TEST_P(PgShipped, WeightsAndMetricsComeFromOneRunForThisNetwork) {
  const nlohmann::json stored = shipped_metrics(std::string(GetParam()) + ".pg");
  EXPECT_EQ(stored["network"], weights_.network);
  EXPECT_EQ(stored["command"], weights_.command);
  EXPECT_EQ(stored["data_set"]["sha256"], weights_.data_set);
  EXPECT_EQ(stored["attempts"][stored["chosen"].get<size_t>()]["collapsed"], false);
}

/// Not that they are few or the right ones: models/gnn/README.md says how many there are and what random
/// ones do.
TEST_P(PgShipped, NamesEdgesThatKeepGroupsInvalid) {
  PgExplainer explainer(network_, weights_);
  const std::vector<gnn::GraphInput> groups = invalid_sample(GetParam());
  std::vector<ExplainedGraph> graphs;
  graphs.reserve(groups.size());
  for (const gnn::GraphInput& group : groups) graphs.push_back({&group, gnn::kInvalid});
  const Fidelity found = fidelity(network_, explainer, graphs, 0);
  ASSERT_GE(found.graphs, 10);
  EXPECT_GT(found.kept, 0.85);
  EXPECT_LT(found.edge_share, 1.0);
}

INSTANTIATE_TEST_SUITE_P(Schemes, PgShipped, testing::Values("lbdf", "brr"),
                         [](const auto& scheme) { return std::string(scheme.param); });

}  // namespace
}  // namespace fusesim
