#include "fusesim/explain/splitter.h"
#include "fusesim/testing/cost_model.h"

#include <gmock/gmock.h>

#include <limits>
#include <map>

#include "fusesim/explain/controls.h"
#include "fusesim/search/group_cuts.h"
#include "networks.h"

namespace fusesim {
namespace {

using testing::all_ops;
using testing::config_with;

/// Blames the edges that a function names, in its order, and counts how often it is asked.
class ScriptedExplainer : public EdgeExplainer {
 public:
  using Script = std::function<std::vector<GroupEdge>(const Group&)>;
  ScriptedExplainer(Script script, int& calls) : script_(std::move(script)), calls_(calls) {}
  std::vector<BlamedEdge> explain(const Group& group, int64_t) override {
    ++calls_;
    std::vector<BlamedEdge> blamed;
    for (const GroupEdge& edge : script_(group))
      blamed.push_back({edge, -static_cast<double>(blamed.size())});
    return blamed;
  }

 private:
  Script script_;
  int& calls_;
};

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

int64_t f_beta(const Graph& graph, const Group& group) {
  return testing::CostModel(graph, cost_params(Config{})).lbdf_f_beta(group);
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

/// Bytes that the ops of a group move alone.
int64_t alone_bytes(Evaluator& evaluator, const Group& group) {
  int64_t bytes = 0;
  for (const OpId op : group) bytes += evaluator.value({op});
  return bytes;
}

bool is_kept(Evaluator& evaluator, const Group& part, SplitRule rule) {
  if (!evaluator.fits(part)) return false;
  return rule == SplitRule::ops || evaluator.value(part) <= alone_bytes(evaluator, part);
}

/// Least F_D of all ways to cut a group in two parts that are kept; there are none: the maximum.
int64_t cheapest_pair(Evaluator& evaluator, const Group& group, SplitRule rule) {
  int64_t least = std::numeric_limits<int64_t>::max();
  const GroupDag dag(evaluator.graph(), group);
  for (const GroupEdge& edge : edges_inside(evaluator.graph(), group)) {
    for (const GroupCut& cut : cuts_at(dag, edge)) {
      if (!is_kept(evaluator, cut.first, rule) || !is_kept(evaluator, cut.second, rule)) continue;
      least = std::min(least, evaluator.value(cut.first) + evaluator.value(cut.second));
    }
  }
  return least;
}

/// Calls check(evaluator, group) if the group does not fit though each of its ops does.
template <typename Check>
void if_it_does_not_fit(const Graph& graph, const Group& group, Scheme scheme, int64_t buffer_bytes,
                        const Check& check) {
  GroupMemo memo;
  Evaluator evaluator({graph, scheme, config_with(buffer_bytes)}, memo);
  const bool each_fits =
      std::all_of(group.begin(), group.end(), [&](OpId op) { return evaluator.fits({op}); });
  if (each_fits && !evaluator.fits(group)) check(evaluator, group);
}

/// For random groups of up to 24 ops.
template <typename Check>
void for_groups_that_do_not_fit(Scheme scheme, const Check& check, uint64_t graphs = 80) {
  testing::for_random_graphs(1, graphs, [&](const Graph& graph, uint64_t seed) {
    if_it_does_not_fit(graph, testing::random_group(graph, seed, 24), scheme,
                       2 * testing::least_buffer(graph, scheme), check);
  });
}

std::optional<Plan> split_at_all_edges(Evaluator& evaluator, const Group& group, SplitRule rule) {
  return Splitter(evaluator, std::make_unique<AllEdges>(evaluator.graph()), std::make_shared<SplitMemo>(),
                  rule)
      .split(group);
}

int64_t traffic(Evaluator& evaluator, const Plan& groups) {
  int64_t bytes = 0;
  for (const Group& group : groups) bytes += evaluator.value(group);
  return bytes;
}

void expect_kept_parts(Evaluator& evaluator, const Group& group, const Plan& parts, SplitRule rule) {
  Group ops;
  for (const Group& part : parts) {
    EXPECT_EQ(illegal_reason(evaluator.graph(), part), "");
    EXPECT_TRUE(is_kept(evaluator, part, rule));
    ops.insert(ops.end(), part.begin(), part.end());
  }
  std::sort(ops.begin(), ops.end());
  EXPECT_EQ(ops, group);
}

TEST(Splitter, WithAllEdgesAlwaysEndsInLegalGroupsThatFit) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    for (const SplitRule rule : {SplitRule::ops, SplitRule::traffic}) {
      for_groups_that_do_not_fit(scheme, [&](Evaluator& evaluator, const Group& group) {
        const std::optional<Plan> parts = split_at_all_edges(evaluator, group, rule);
        ASSERT_TRUE(parts);
        expect_kept_parts(evaluator, group, *parts, rule);
        const int64_t pair = cheapest_pair(evaluator, group, rule);
        if (pair == std::numeric_limits<int64_t>::max()) return;
        if (rule == SplitRule::ops) {
          EXPECT_EQ(traffic(evaluator, *parts), pair);
        } else {
          EXPECT_LE(traffic(evaluator, *parts), pair);
        }
      });
    }
  }
}

/// Ten residual blocks of random widths: 0 conv; 1, 2, 3 convs, 4 add of 3 and 0; and so on.
Graph residual_blocks(uint64_t seed) {
  RandomSource random(seed);
  testing::GraphBuilder b("blocks");
  const auto width = [&] { return int64_t{8} << random.below(4); };
  TensorId x = b.conv(b.input({8, 24, 24}), width(), 3);
  for (int block = 0; block < 10; ++block) {
    const int64_t channels = b.shape(x).c;
    const TensorId y = b.conv(b.conv(b.conv(x, width(), 1), width(), 3), channels, 1);
    x = b.add(y, x);
  }
  return b.finish();
}

TEST(Splitter, WithAllEdgesLargeGroupsEndLikewise) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    SCOPED_TRACE(to_string(scheme));
    int groups = 0;
    int less = 0;
    int more = 0;
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      const Graph graph = residual_blocks(seed);
      int64_t largest_op_bytes = 0;
      for (const OpId op : all_ops(graph)) largest_op_bytes = std::max(largest_op_bytes, f_beta(graph, {op}));
      const auto check = [&](Evaluator& evaluator, const Group& group) {
        std::map<SplitRule, int64_t> bytes;
        for (const SplitRule rule : {SplitRule::ops, SplitRule::traffic}) {
          const std::optional<Plan> parts = split_at_all_edges(evaluator, group, rule);
          ASSERT_TRUE(parts);
          expect_kept_parts(evaluator, group, *parts, rule);
          bytes[rule] = traffic(evaluator, *parts);
        }
        ++groups;
        if (bytes[SplitRule::traffic] < bytes[SplitRule::ops]) ++less;
        if (bytes[SplitRule::traffic] > bytes[SplitRule::ops]) ++more;
      };
      if_it_does_not_fit(graph, all_ops(graph), scheme, 1 + largest_op_bytes, check);
    }
    EXPECT_GT(groups, 10);
    EXPECT_GT(less, scheme == Scheme::brr ? 10 : more) << more << " move more by traffic than by ops";
  }
}

/// Least traffic of all plans of a group that cuts in two lead to, recursively, by trying every cut of every
/// part.
class CheapestPlan {
 public:
  explicit CheapestPlan(Evaluator& evaluator) : evaluator_(evaluator) {}

  int64_t bytes(const Group& group) {
    const auto known = known_.find(group);
    if (known != known_.end()) return known->second;
    int64_t least = evaluator_.fits(group) ? evaluator_.value(group) : kNeverFits;
    const GroupDag dag(evaluator_.graph(), group);
    for (const GroupEdge& edge : edges_inside(evaluator_.graph(), group)) {
      for (const GroupCut& cut : cuts_at(dag, edge))
        least = std::min(least, bytes(cut.first) + bytes(cut.second));
    }
    return known_[group] = least;
  }

 private:
  Evaluator& evaluator_;
  std::map<Group, int64_t> known_;
};

TEST(Splitter, WithAllEdgesMostlyMovesTheLeastThatCutsCanReach) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    int groups = 0;
    int least = 0;
    int less_than_by_ops = 0;
    int more_than_by_ops = 0;
    for_groups_that_do_not_fit(
        scheme,
        [&](Evaluator& evaluator, const Group& group) {
          const int64_t bytes = traffic(evaluator, *split_at_all_edges(evaluator, group, SplitRule::traffic));
          const int64_t least_bytes = CheapestPlan(evaluator).bytes(group);
          EXPECT_GE(bytes, least_bytes);
          EXPECT_GE(least_bytes, evaluator.least_parted_value(group));
          ++groups;
          if (bytes == least_bytes) ++least;
          const int64_t by_ops = traffic(evaluator, *split_at_all_edges(evaluator, group, SplitRule::ops));
          if (bytes < by_ops) ++less_than_by_ops;
          if (bytes > by_ops) ++more_than_by_ops;
        },
        600);
    EXPECT_GT(groups, 50) << to_string(scheme);
    EXPECT_GT(least, groups * 9 / 10) << to_string(scheme) << ", " << groups << " groups";
    EXPECT_GT(less_than_by_ops, scheme == Scheme::brr ? 5 : 3) << to_string(scheme);
    EXPECT_GT(less_than_by_ops, 2 * more_than_by_ops) << to_string(scheme);
  }
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
