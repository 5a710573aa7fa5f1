#include "fusesim/explain/splitter.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "fusesim/explain/controls.h"
#include "fusesim/search/group_cuts.h"
#include "networks.h"
#include "splitting.h"

namespace fusesim {
namespace {

using testing::all_ops;
using testing::config_with;
using testing::f_beta;
using testing::for_groups_that_do_not_fit;
using testing::is_kept;
using testing::ScriptedExplainer;

/// A splitter over one graph with a scripted explainer.
struct Bench {
  Bench(const Graph& graph, int64_t buffer_bytes, ScriptedExplainer::Script script,
        SplitRule rule = SplitRule::traffic)
      : evaluator({graph, Scheme::lbdf, config_with(buffer_bytes)}, memo),
        splitter(evaluator, std::make_unique<ScriptedExplainer>(std::move(script), calls), splits, rule) {}

  GroupMemo memo;
  Evaluator evaluator;
  int calls = 0;
  std::shared_ptr<SplitMemo> splits = std::make_shared<SplitMemo>();
  Splitter splitter;
};

ScriptedExplainer::Script first_edge(const Graph& graph) {
  return [&graph](const Group& group) {
    std::vector<GroupEdge> edges = edges_inside(graph, group);
    if (edges.size() > 1) edges.resize(1);
    return edges;
  };
}

TEST(Splitter, TakesTheCheapestCutWhoseTwoPartsFit) {
  // Maps shrink along the chain, so that the later a cut is, the less it moves.
  testing::GraphBuilder b("shrinking");
  TensorId x = b.conv(b.input({8, 64, 64}), 8, 3, 2);
  x = b.conv(x, 8, 3, 2);
  x = b.conv(x, 8, 3, 2);
  b.conv(x, 8, 3, 2);
  const Graph graph = b.finish();
  Bench bench(graph, f_beta(graph, all_ops(graph)), [&](const Group& g) { return edges_inside(graph, g); });
  ASSERT_TRUE(bench.evaluator.fits({0, 1, 2}));
  const SplitOutcome outcome = bench.splitter.outcome(all_ops(graph));
  EXPECT_EQ(outcome.category, SplitCategory::both_fit);
  EXPECT_EQ(outcome.groups, (Plan{{0, 1, 2}, {3}}));
  EXPECT_EQ(outcome.value, bench.evaluator.value({0, 1, 2}) + bench.evaluator.value({3}));
}

TEST(Splitter, LooksOnlyAtCutsOfBlamedEdges) {
  const Graph graph = testing::chain(4);
  Bench bench(graph, f_beta(graph, all_ops(graph)), [](const Group&) {
    return std::vector<GroupEdge>{{1, 2}};
  });
  const SplitOutcome outcome = bench.splitter.outcome(all_ops(graph));
  EXPECT_EQ(outcome.category, SplitCategory::both_fit);
  EXPECT_EQ(outcome.groups, (Plan{{0, 1}, {2, 3}}));
  EXPECT_EQ(bench.evaluator.counts().f_beta, 2);
  EXPECT_EQ(bench.evaluator.counts().f_d, 2);
}

TEST(Splitter, RecursesOnTheOtherPartIfOneFits) {
  const Graph graph = testing::chain(4);
  Bench bench(graph, f_beta(graph, {0, 1}), first_edge(graph));
  const SplitOutcome outcome = bench.splitter.outcome(all_ops(graph));
  EXPECT_EQ(outcome.category, SplitCategory::one_fits);
  EXPECT_EQ(outcome.groups, (Plan{{0}, {1}, {2}, {3}}));
  EXPECT_EQ(bench.calls, 3);
  const SplitCounts counts = bench.splits->statistics().all;
  EXPECT_EQ(counts.groups, 3);
  EXPECT_EQ(counts.one_fits, 2);
  EXPECT_EQ(counts.both_fit, 1);
  EXPECT_EQ(counts.explained_edges, 3);
  EXPECT_EQ(counts.inner_edges, 6);
}

TEST(Splitter, PrefersTheCutWhoseFittingPartHasMostOps) {
  const Graph graph = testing::chain(5);
  // {0, 1} fits, three in a row do not: both cuts leave one part to split.
  const auto script = [&](const Group& group) {
    if (group.size() == 5) return std::vector<GroupEdge>{{0, 1}, {1, 2}};
    return edges_inside(graph, group);
  };
  Bench bench(graph, f_beta(graph, {0, 1, 2}), script, SplitRule::ops);
  ASSERT_TRUE(bench.evaluator.fits({0, 1}));
  const SplitOutcome outcome = bench.splitter.outcome(all_ops(graph));
  EXPECT_EQ(outcome.category, SplitCategory::one_fits);
  EXPECT_EQ(outcome.groups.front(), (Group{0, 1}));
}

TEST(Splitter, RecursesOnBothPartsIfNoneFits) {
  const Graph graph = testing::chain(4);
  const auto script = [&](const Group& group) {
    if (group.size() == 4) return std::vector<GroupEdge>{{1, 2}};
    return edges_inside(graph, group);
  };
  for (const SplitRule rule : {SplitRule::ops, SplitRule::traffic}) {
    Bench bench(graph, f_beta(graph, {0, 1}), script, rule);
    const SplitOutcome outcome = bench.splitter.outcome(all_ops(graph));
    EXPECT_EQ(outcome.category, SplitCategory::none_fits);
    EXPECT_EQ(outcome.groups, (Plan{{0}, {1}, {2}, {3}}));
  }
}

TEST(Splitter, FailsWithoutEdges) {
  const Graph graph = testing::chain(4);
  Bench bench(graph, f_beta(graph, {0, 1}), [](const Group&) { return std::vector<GroupEdge>{}; });
  EXPECT_EQ(bench.splitter.outcome(all_ops(graph)).category, SplitCategory::failed);
  EXPECT_EQ(bench.splitter.split(all_ops(graph)), std::nullopt);
  EXPECT_EQ(bench.splits->statistics().all.failed, 1);
  EXPECT_EQ(bench.splits->statistics().all.split_rate(), 0.0);
}

TEST(Splitter, TriesTheNextCutIfThePartThatIsLeftCannotBeSplit) {
  const Graph graph = testing::chain(4);
  const auto script = [&](const Group& group) {
    if (group.size() == 4) return std::vector<GroupEdge>{{0, 1}, {2, 3}};
    if (group.front() == 1) return std::vector<GroupEdge>{};  // {1, 2, 3} cannot be split
    return edges_inside(graph, group);
  };
  for (const SplitRule rule : {SplitRule::ops, SplitRule::traffic}) {
    Bench bench(graph, f_beta(graph, {0, 1}), script, rule);
    const SplitOutcome outcome = bench.splitter.outcome(all_ops(graph));
    EXPECT_EQ(outcome.category, SplitCategory::one_fits);
    EXPECT_EQ(outcome.groups, (Plan{{0}, {1}, {2}, {3}}));
  }
}

TEST(Splitter, AsksOncePerGroup) {
  const Graph graph = testing::chain(6);
  Bench bench(graph, f_beta(graph, {0, 1}), first_edge(graph));
  const Plan once = *bench.splitter.split(all_ops(graph));
  const int calls = bench.calls;
  const int64_t queries = bench.evaluator.counts().total();
  EXPECT_EQ(*bench.splitter.split(all_ops(graph)), once);
  EXPECT_EQ(bench.calls, calls);
  EXPECT_EQ(bench.evaluator.counts().total(), queries);
}

TEST(Splitter, MergesCutsThatSeveralEdgesName) {
  const Graph graph = testing::residual();
  Bench bench(graph, f_beta(graph, all_ops(graph)), [&](const Group& g) { return edges_inside(graph, g); });
  bench.splitter.outcome(all_ops(graph));
  EXPECT_EQ(bench.splits->statistics().all.cuts, 3)
      << "edge 0..3 names the cuts of the other three edges again";
}

/// A map that is large between ops 2 and 3 and small elsewhere: two cuts move less than one through it. The
/// only cut into two groups that fit goes through it.
struct LargeMap {
  LargeMap() {
    testing::GraphBuilder b("large map");
    TensorId x = b.conv(b.input({8, 8, 8}), 8, 1);
    x = b.conv(x, 8, 1);
    x = b.conv(x, 64, 1);
    x = b.conv(x, 8, 1);
    x = b.conv(x, 8, 1);
    b.conv(x, 8, 1);
    graph = b.finish();
  }
  SplitOutcome split(SplitRule rule) {
    const int64_t buffer_bytes = f_beta(graph, {2, 3}) + 1;
    Bench bench(
        graph, buffer_bytes, [this](const Group& g) { return edges_inside(graph, g); }, rule);
    return bench.splitter.outcome(all_ops(graph));
  }
  Graph graph;
};

TEST(Splitter, TakesThreeGroupsWhereTheyMoveLessThanTwo) {
  LargeMap large;
  const SplitOutcome by_ops = large.split(SplitRule::ops);
  EXPECT_EQ(by_ops.category, SplitCategory::both_fit);
  EXPECT_EQ(by_ops.groups, (Plan{{0, 1, 2}, {3, 4, 5}}));
  const SplitOutcome by_traffic = large.split(SplitRule::traffic);
  EXPECT_EQ(by_traffic.category, SplitCategory::both_fit) << "what the cuts offer, not what is taken";
  EXPECT_EQ(by_traffic.groups.size(), 3U);
  EXPECT_LT(by_traffic.value, by_ops.value);
}

/// A part that fits and does not pay is split; where nobody says how, it stays.
TEST(Splitter, KeepsWhatFitsIfItCannotBeSplit) {
  int stayed = 0;
  for_groups_that_do_not_fit(Scheme::brr, [&](Evaluator& evaluator, const Group& group) {
    const Graph& graph = evaluator.graph();
    int calls = 0;
    auto at_top_only = std::make_unique<ScriptedExplainer>(
        [&](const Group& asked) {
          return asked == group ? edges_inside(graph, group) : std::vector<GroupEdge>{};
        },
        calls);
    Splitter splitter(evaluator, std::move(at_top_only), std::make_shared<SplitMemo>());
    const std::optional<Plan> parts = splitter.split(group);
    if (!parts) return;
    EXPECT_EQ(parts->size(), 2U);
    for (const Group& part : *parts) {
      EXPECT_TRUE(evaluator.fits(part));
      if (!is_kept(evaluator, part, SplitRule::traffic)) ++stayed;
    }
  });
  EXPECT_GT(stayed, 0);
}

}  // namespace
}  // namespace fusesim
