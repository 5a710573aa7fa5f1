#include "fusesim/explain/rectify.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>

#include "fusesim/search/group_cuts.h"
#include "networks.h"

namespace fusesim {
namespace {

using testing::all_ops;
using testing::config_with;

/// A chain of six ops of which two in a row fit and three do not: three parts are needed.
struct ChainOfPairs {
  Graph graph = testing::chain(6);
  GroupMemo memo;
  Evaluator evaluator{{graph, Scheme::lbdf,
                       config_with(testing::CostModel(graph, cost_params(Config{})).lbdf_f_beta({0, 1, 2}))},
                      memo};
};

TEST(RepairAt, NeedsAllTheCutsThatTheGroupNeeds) {
  ChainOfPairs bench;
  const Group group = all_ops(bench.graph);
  EXPECT_EQ(repair_at(bench.evaluator, group, {{1, 2}, {3, 4}}), Repair::repaired);
  EXPECT_EQ(repair_at(bench.evaluator, group, {{3, 4}, {1, 2}}), Repair::repaired);
  EXPECT_EQ(repair_at(bench.evaluator, group, {{1, 2}}), Repair::not_repaired);
  EXPECT_EQ(repair_at(bench.evaluator, group, {{0, 1}, {4, 5}}), Repair::not_repaired);
  EXPECT_EQ(repair_at(bench.evaluator, group, {}), Repair::not_repaired);
}

TEST(RepairAt, IsUndecidedPastTheLimit) {
  ChainOfPairs bench;
  EXPECT_EQ(repair_at(bench.evaluator, all_ops(bench.graph), {{0, 1}, {4, 5}}, 1), Repair::undecided);
}

/// Calls check(evaluator, group) for groups of random networks that do not fit although each op does.
template <typename Check>
void for_groups_too_large(const Check& check) {
  int groups = 0;
  testing::for_random_graphs(1, 60, [&](const Graph& graph, uint64_t seed) {
    for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
      const Group group = testing::random_group(graph, seed, 16);
      GroupMemo memo;
      Evaluator evaluator({graph, scheme, config_with(2 * testing::least_buffer(graph, scheme))}, memo);
      const bool each_fits =
          std::all_of(group.begin(), group.end(), [&](OpId op) { return evaluator.fits({op}); });
      if (!each_fits || evaluator.fits(group)) continue;
      ++groups;
      check(evaluator, group);
    }
  });
  EXPECT_GT(groups, 10);
}

TEST(RepairAt, IsPossibleWithAllEdges) {
  for_groups_too_large([](Evaluator& evaluator, const Group& group) {
    EXPECT_EQ(repair_at(evaluator, group, edges_inside(evaluator.graph(), group)), Repair::repaired);
  });
}

TEST(RepairAt, ByOneEdgeIsOneCut) {
  for_groups_too_large([](Evaluator& evaluator, const Group& group) {
    const GroupDag dag(evaluator.graph(), group);
    for (const GroupEdge& edge : edges_inside(evaluator.graph(), group)) {
      // The cut parts the ends of the edge: there is no second one.
      const std::vector<GroupCut> cuts = cuts_at(dag, edge);
      const bool one_cut = std::any_of(cuts.begin(), cuts.end(), [&](const GroupCut& cut) {
        return evaluator.fits(cut.first) && evaluator.fits(cut.second);
      });
      EXPECT_EQ(repair_at(evaluator, group, {edge}), one_cut ? Repair::repaired : Repair::not_repaired);
    }
  });
}

TEST(RepairAt, IsNotUndoneByMoreEdges) {
  for_groups_too_large([](Evaluator& evaluator, const Group& group) {
    std::vector<GroupEdge> edges;
    bool repaired = false;
    for (const GroupEdge& edge : edges_inside(evaluator.graph(), group)) {
      edges.push_back(edge);
      const Repair repair = repair_at(evaluator, group, edges);
      if (repair == Repair::undecided) break;
      EXPECT_TRUE(repair == Repair::repaired || !repaired);
      repaired = repair == Repair::repaired;
    }
  });
}

/// Blames always the same edges, of the ops that are there.
class FixedExplainer : public EdgeExplainer {
 public:
  explicit FixedExplainer(std::vector<GroupEdge> edges) : edges_(std::move(edges)) {}
  std::vector<BlamedEdge> explain(const Group& group, int64_t) override {
    std::vector<BlamedEdge> blamed;
    for (const GroupEdge& edge : edges_) {
      if (std::binary_search(group.begin(), group.end(), edge.from) &&
          std::binary_search(group.begin(), group.end(), edge.to))
        blamed.push_back({edge, 1.0});
    }
    return blamed;
  }

 private:
  std::vector<GroupEdge> edges_;
};

TEST(Rectify, CountsProposedGroupsApartFromTheirParts) {
  ChainOfPairs bench;
  const auto memo = std::make_shared<SplitMemo>();
  const std::vector<GroupEdge> edges = {{1, 2}, {3, 4}};
  Splitter splitter(bench.evaluator, std::make_unique<FixedExplainer>(edges), memo, SplitRule::ops);
  const Group group = all_ops(bench.graph);
  ASSERT_TRUE(splitter.split(group));
  ASSERT_TRUE(splitter.split(group));
  ASSERT_TRUE(splitter.split({3, 4, 5}));
  const SplitStatistics counts = memo->statistics();
  EXPECT_EQ(counts.all.groups, 3) << "the chain, what is left of it after one cut, and the last three ops";
  EXPECT_EQ(counts.proposed.groups, 2);
  EXPECT_EQ(counts.weighted.groups, 3);
  EXPECT_EQ(counts.proposed.one_fits, 1);
  EXPECT_EQ(counts.proposed.both_fit, 1);
  EXPECT_EQ(counts.weighted.one_fits, 2);
  EXPECT_EQ(counts.proposed.explained_edges, 3);
  EXPECT_EQ(counts.weighted.edges_per_group(), 5.0 / 3.0);
  EXPECT_EQ(counts.proposed.one_cut_rate(), 0.5);
}

TEST(Rectify, CountsOnlyWhatOneExplanationRepairs) {
  ChainOfPairs bench;
  // The first edge of whatever group it is asked about: SPLIT succeeds part by part, one explanation does
  // not.
  class FirstEdge : public EdgeExplainer {
   public:
    explicit FirstEdge(const Graph& graph) : graph_(graph) {}
    std::vector<BlamedEdge> explain(const Group& group, int64_t) override {
      return {{edges_inside(graph_, group).front(), 1.0}};
    }

   private:
    const Graph& graph_;
  };
  const auto memo = std::make_shared<SplitMemo>();
  Splitter splitter(bench.evaluator, std::make_unique<FirstEdge>(bench.graph), memo);
  ASSERT_TRUE(splitter.split(all_ops(bench.graph)));
  ASSERT_TRUE(splitter.split({0, 1, 2}));
  ASSERT_TRUE(splitter.split({0, 1, 2}));
  GroupMemo own;
  Evaluator evaluator({bench.graph, Scheme::lbdf, config_with(bench.evaluator.buffer_bytes())}, own);
  const int64_t queries = bench.evaluator.counts().total();
  const RectifyCounts counts = count_rectified(evaluator, *memo);
  EXPECT_EQ(memo->statistics().proposed.split_rate(), 1.0);
  EXPECT_EQ(counts.groups, 2);
  EXPECT_EQ(counts.repaired, 1);
  EXPECT_EQ(counts.rectify_rate(), 0.5);
  EXPECT_EQ(counts.weighted_rectify_rate(), 2.0 / 3.0);
  EXPECT_EQ(bench.evaluator.counts().total(), queries);
}

}  // namespace
}  // namespace fusesim
