#include "fusesim/explain/group_analysis.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>

#include "fusesim/base/error.h"
#include "fusesim/search/exact.h"
#include "networks.h"

namespace fusesim {
namespace {

constexpr const char* kData = FUSESIM_SOURCE_DIR;

GroupAnalysis analysed(const Graph& graph, Scheme scheme, int64_t buffer_bytes, ExplainerKind kind,
                       const ExplainerOptions& options = {}) {
  return analyse_group(graph, testing::all_ops(graph), scheme, testing::config_with(buffer_bytes), kind,
                       kData, options);
}

int64_t held(const GroupAnalysis& analysis) {
  return std::count_if(analysis.edges.begin(), analysis.edges.end(),
                       [](const RankedEdge& e) { return e.held; });
}

TEST(GroupAnalysis, SplitsAGroupThatDoesNotFitIntoPartsThatDo) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    const Graph graph = testing::projected_residual();
    const int64_t buffer = testing::least_buffer(graph, scheme);
    const Config config = testing::config_with(buffer);
    const testing::CostModel cost(graph, cost_params(config));
    const GroupAnalysis a = analysed(graph, scheme, buffer, ExplainerKind::gnne);
    EXPECT_FALSE(a.fits());
    EXPECT_GE(a.needs.f_beta_bytes, buffer);
    ASSERT_TRUE(a.category.has_value());
    ASSERT_FALSE(a.parts.empty());
    Plan plan;
    int64_t alone = 0;
    for (const SplitPart& part : a.parts) {
      plan.push_back(part.group);
      EXPECT_LT(part.buffer_bytes, buffer);
      EXPECT_EQ(part.f_d_bytes,
                testing::group_bytes(graph, cost_params(Config{}), part.group, scheme, buffer));
    }
    for (const OpId op : a.group)
      alone += testing::group_bytes(graph, cost_params(Config{}), {op}, scheme, buffer);
    EXPECT_EQ(illegal_reason(graph, plan), "");
    EXPECT_EQ(a.alone_bytes, alone);
    EXPECT_TRUE(a.lone_misfits.empty());
  }
}

TEST(GroupAnalysis, StillRanksTheEdgesOfAGroupThatFits) {
  const Graph graph = testing::residual();
  const GroupAnalysis a = analysed(graph, Scheme::lbdf, 1 << 20, ExplainerKind::gnne);
  EXPECT_TRUE(a.fits());
  EXPECT_EQ(a.edges.size(), edges_inside(graph, a.group).size());
  EXPECT_GT(held(a), 0);
  EXPECT_FALSE(a.category.has_value());
  EXPECT_TRUE(a.parts.empty());
  EXPECT_EQ(a.whole_bytes, testing::CostModel(graph, cost_params(testing::config_with(1 << 20)))
                               .lbdf_traffic(a.group)
                               .total_bytes());
}

TEST(GroupAnalysis, RanksEveryEdgeAndHoldsTheFirstOnes) {
  const Graph graph = testing::squeeze_and_excite();
  for (const ExplainerKind kind : {ExplainerKind::gnne, ExplainerKind::random_edges}) {
    const GroupAnalysis a = analysed(graph, Scheme::lbdf, 4096, kind, {1, size_t{3}});
    ASSERT_EQ(a.edges.size(), edges_inside(graph, a.group).size());
    for (size_t i = 0; i < a.edges.size(); ++i) EXPECT_EQ(a.edges[i].held, i < 3) << to_string(kind);
  }
}

TEST(GroupAnalysis, WithoutAnExplainerReadsNoNetwork) {
  const Graph graph = testing::residual();
  const Config config = testing::config_with(1024);
  const GroupAnalysis a = analyse_group(graph, testing::all_ops(graph), Scheme::lbdf, config,
                                        ExplainerKind::none, "/nonexistent");
  EXPECT_FALSE(a.p_invalid.has_value());
  EXPECT_FALSE(a.category.has_value());
  EXPECT_EQ(a.edges.size(), 4U);
  EXPECT_EQ(held(a), 0);
  EXPECT_THROW(analyse_group(graph, a.group, Scheme::lbdf, config, ExplainerKind::gnne, "/nonexistent"),
               Error);
}

TEST(GroupAnalysis, NamesOpsThatNoSplitHelps) {
  const Graph graph = testing::residual();
  const GroupAnalysis a = analysed(graph, Scheme::lbdf, 700, ExplainerKind::all_edges);
  EXPECT_EQ(a.category, SplitCategory::failed);
  EXPECT_TRUE(a.parts.empty());
  std::vector<OpId> ops;
  for (const LoneMisfit& misfit : a.lone_misfits) ops.push_back(misfit.op);
  // A 3x3 convolution from 8 to 8 channels has 576 weights and 8 biases of 4 bytes, and rows of 128 bytes.
  EXPECT_THAT(ops, ::testing::ElementsAre(0, 1, 2));
}

TEST(GroupAnalysis, GivesTheTrafficOfAnIllegalGroupNowhere) {
  const Graph graph = testing::squeeze_and_excite();
  const GroupAnalysis a = analysed(graph, Scheme::brr, 1 << 20, ExplainerKind::all_edges);
  EXPECT_FALSE(a.fits());
  EXPECT_NE(a.needs.illegal_reason, "");
  EXPECT_FALSE(a.whole_bytes.has_value());
  EXPECT_GE(a.parts.size(), 2U);
}

TEST(GroupAnalysis, TakesAnOpaqueOpAlone) {
  testing::GraphBuilder b("opaque");
  b.opaque({b.input({4, 8, 8})}, {{4, 8, 8}});
  const Graph graph = b.finish();
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    const GroupAnalysis a = analysed(graph, scheme, 1024, ExplainerKind::gnne);
    EXPECT_TRUE(a.fits());
    EXPECT_FALSE(a.p_invalid.has_value());
    EXPECT_EQ(a.whole_bytes, 2 * 4 * 64);
  }
}

}  // namespace
}  // namespace fusesim
