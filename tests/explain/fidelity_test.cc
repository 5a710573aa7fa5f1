#include "fusesim/explain/fidelity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace fusesim {
namespace {

/// One layer of width 1: class 1 over class 0 has the logit
///   half the sum of the features + sum over the edges of w_e (both ends' features) - 1.
gnn::Network adder() {
  gnn::NetworkWeights weights;
  weights.feature_mean = {0.0F};
  weights.feature_scale = {1.0F};
  weights.layers = {{1, 1, {1.0F}, {0.5F}, {0.0F}}};
  weights.output = {0.0F, 1.0F};
  weights.output_bias = {1.0F, 0.0F};
  return gnn::Network(std::move(weights));
}

/// A path of four nodes: its features give 0.75, its edges 0.3, 0.6 and 1.2.
gnn::GraphInput path() { return {4, 1, {0.1F, 0.2F, 0.4F, 0.8F}, {{0, 1}, {1, 2}, {2, 3}}}; }

double p(double logit) { return 1.0 / (1.0 + std::exp(-logit)); }

class Fixed : public GraphExplainer {
 public:
  explicit Fixed(Explanation explanation) : explanation_(std::move(explanation)) {}
  const char* name() const override { return "fixed"; }
  Explanation explain(const gnn::GraphInput&, int64_t, uint64_t) override { return explanation_; }

 private:
  Explanation explanation_;
};

constexpr double kNear = 1e-6;

TEST(Fidelity, OfOneExplanationIsTheHandComputedOne) {
  const gnn::Network network = adder();
  const gnn::GraphInput graph = path();
  Fixed explainer({{0.1, 0.9, 0.2}, {1}});
  const Fidelity found = fidelity(network, explainer, {{&graph, 1}}, 0);
  EXPECT_EQ(found.graphs, 1);
  EXPECT_EQ(found.edges, 1.0);
  EXPECT_NEAR(found.edge_share, 1.0 / 3.0, kNear);
  EXPECT_NEAR(found.all_edges, p(0.75 + 2.1 - 1), kNear);
  EXPECT_NEAR(found.no_edges, p(0.75 - 1), kNear);
  EXPECT_NEAR(found.kept, p(0.75 + 0.6 - 1), kNear);
  EXPECT_NEAR(found.removed, p(0.75 + 1.5 - 1), kNear);
  // nodes 1 and 2 are left
  EXPECT_NEAR(found.induced, p(0.3 + 0.6 - 1), kNear);
  EXPECT_NEAR(found.nodes_alone, p(0.3 - 1), kNear);
}

TEST(Fidelity, OfTheOtherClassIsTheRest) {
  const gnn::Network network = adder();
  const gnn::GraphInput graph = path();
  Fixed explainer({{0.1, 0.9, 0.2}, {1}});
  const Fidelity found = fidelity(network, explainer, {{&graph, 0}}, 0);
  EXPECT_NEAR(found.kept, 1 - p(0.75 + 0.6 - 1), kNear);
  EXPECT_NEAR(found.nodes_alone, 1 - p(0.3 - 1), kNear);
}

TEST(Fidelity, IsTheMeanOverGraphsWithEdges) {
  const gnn::Network network = adder();
  const gnn::GraphInput graph = path();
  const gnn::GraphInput bare = {1, 1, {0.1F}, {}};
  Fixed explainer({{0.1, 0.9, 0.8}, {1, 2}});
  const Fidelity found = fidelity(network, explainer, {{&graph, 1}, {&bare, 1}, {&graph, 0}}, 0);
  EXPECT_EQ(found.graphs, 2);
  EXPECT_EQ(found.edges, 2.0);
  EXPECT_NEAR(found.kept, 0.5, kNear);
  EXPECT_NEAR(found.insertion_minus_deletion, 0.0, kNear);
}

TEST(Fidelity, OfNoGraphsIsZero) {
  const gnn::Network network = adder();
  Fixed explainer({});
  EXPECT_EQ(fidelity(network, explainer, {}, 0).graphs, 0);
  EXPECT_EQ(fidelity(network, explainer, {}, 0).all_edges, 0.0);
}

TEST(InsertionMinusDeletion, ComparesFirstEdgesWithTheRest) {
  const gnn::Network network = adder();
  const gnn::GraphInput graph = path();
  const double best = (p(-0.25 + 1.2) - p(-0.25 + 0.9) + p(-0.25 + 1.8) - p(-0.25 + 0.3)) / 2;
  EXPECT_NEAR(insertion_minus_deletion(network, {&graph, 1}, {2, 1, 0}), best, kNear);
  EXPECT_NEAR(insertion_minus_deletion(network, {&graph, 1}, {0, 1, 2}), -best, kNear);
  EXPECT_EQ(insertion_minus_deletion(network, {&graph, 1}, {0}), 0.0);
}

}  // namespace
}  // namespace fusesim
