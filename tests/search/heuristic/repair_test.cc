#include <gmock/gmock.h>

#include <map>
#include <set>

#include "fusesim/testing/cost_model.h"
#include "heuristic/plan_moves.h"
#include "networks.h"

namespace fusesim {
namespace {

using testing::config_with;
using testing::least_buffer;

/// A search space with all that it refers to.
struct Space {
  Space(const Graph& graph, Scheme scheme, int64_t buffer_bytes)
      : config(config_with(buffer_bytes)),
        evaluator({graph, scheme, config}, memo),
        space({graph, scheme, config}, evaluator) {}

  Config config;
  GroupMemo memo;
  Evaluator evaluator;
  SearchSpace space;
};

template <typename Check>
void for_random_spaces(uint64_t graphs, const Check& check) {
  testing::for_random_graphs(1, graphs, [&](const Graph& graph, uint64_t seed) {
    for (const Scheme scheme : all_schemes()) {
      Space s(graph, scheme, 2 * least_buffer(graph, scheme));
      RandomSource random(seed);
      check(s, random);
    }
  });
}

/// Labels that know nothing of the graph.
Labels blind_labels(size_t ops, RandomSource& random) {
  const auto groups = static_cast<uint64_t>(1 + random.index(ops));
  Labels labels(ops);
  for (int32_t& label : labels) label = static_cast<int32_t>(random.below(groups));
  return labels;
}

TEST(Repair, MakesAnyLabelsALegalPlan) {
  for_random_spaces(150, [](const Space& s, RandomSource& random) {
    for (int i = 0; i < 5; ++i) {
      const Plan plan = repaired(s.space, blind_labels(s.space.ops(), random));
      EXPECT_EQ(illegal_reason(s.space.graph(), plan), "");
    }
  });
}

TEST(Repair, LeavesLegalPlansAsTheyAre) {
  testing::for_random_graphs(1, 150, [](const Graph& graph, uint64_t seed) {
    const Space s(graph, Scheme::brr, 2 * least_buffer(graph, Scheme::brr));
    const Plan plan = testing::random_plan(graph, seed);
    Plan repaired_plan = repaired(s.space, labels_of(plan, graph.ops.size()));
    EXPECT_THAT(repaired_plan, ::testing::UnorderedElementsAreArray(plan));
  });
}

TEST(Repair, SeparatesPartsThatDoNotHangTogether) {
  const Graph graph = testing::chain(4);
  const Space s(graph, Scheme::lbdf, 1 << 20);
  EXPECT_EQ(repaired(s.space, {0, 1, 1, 0}), (Plan{{0}, {1, 2}, {3}}));
}

TEST(Repair, OpensAnotherPartWhereAGroupIsEnteredAgain) {
  // Without op 1, the group {0, 2, 3} of the residual block is connected over the skip, but not convex.
  const Graph graph = testing::residual();
  const Space s(graph, Scheme::lbdf, 1 << 20);
  EXPECT_EQ(repaired(s.space, {0, 1, 0, 0}), (Plan{{0}, {1}, {2, 3}}));
}

TEST(Repair, KeepsGroupsThatAreNotInTheCircle) {
  const Graph graph = testing::chain(3);
  testing::GraphBuilder b("crossing");
  const TensorId x = b.input({8, 8, 8});
  const TensorId p = b.conv(x, 8, 1);
  const TensorId q = b.conv(x, 8, 3);
  const TensorId sum = b.add(p, q);
  b.mul(p, q);
  b.conv(b.conv(sum, 8, 3), 8, 3);
  const Graph crossing = b.finish();
  const Space s(crossing, Scheme::lbdf, 1 << 20);
  const Plan plan = repaired(s.space, {0, 1, 0, 1, 2, 2});
  EXPECT_EQ(illegal_reason(crossing, plan), "");
  EXPECT_THAT(plan, ::testing::Contains(Group{4, 5}));
  EXPECT_EQ(plan.size(), 4U) << "one of the two crossing groups stays whole";
}

// The circle closes over a group that had all its ops before the one that closes it was opened.
TEST(Repair, FindsCirclesOverGroupsThatWereDoneBefore) {
  testing::GraphBuilder b("late");
  const TensorId x = b.input({8, 8, 8});
  const TensorId p = b.conv(x, 8, 1);
  const TensorId reads_p = b.conv(p, 8, 1);
  const TensorId q = b.conv(x, 8, 3);
  b.add(p, q);
  b.add(q, reads_p);
  const Graph graph = b.finish();
  const Space s(graph, Scheme::lbdf, 1 << 20);
  const Plan plan = repaired(s.space, {0, 1, 2, 0, 2});
  EXPECT_EQ(illegal_reason(graph, plan), "");
  EXPECT_EQ(plan.size(), 4U);
}

TEST(Moves, ProposeWhatRepairMakesLegal) {
  for_random_spaces(60, [](const Space& s, RandomSource& random) {
    const Graph& graph = s.space.graph();
    Labels labels = labels_of(repaired(s.space, random_labels(s.space, random)), graph.ops.size());
    const Labels other = labels_of(repaired(s.space, random_labels(s.space, random)), graph.ops.size());
    for (int i = 0; i < 10; ++i) {
      const PlanEdits edits = i % 2 == 0 ? PlanEdits::wide : PlanEdits::paper;
      const Plan plan = repaired(s.space, edited(s.space, labels, edits, random));
      EXPECT_EQ(illegal_reason(graph, plan), "");
      labels = labels_of(plan, graph.ops.size());
    }
    EXPECT_EQ(illegal_reason(graph, repaired(s.space, crossed(labels, other, random))), "");
  });
}

TEST(Moves, EditsReachEveryPlanOfAChain) {
  const Graph graph = testing::chain(4);
  const Space s(graph, Scheme::lbdf, 1 << 20);
  for (const PlanEdits edits : {PlanEdits::paper, PlanEdits::wide}) {
    RandomSource random(3);
    std::set<Plan> seen;
    Labels labels = {0, 1, 2, 3};
    for (int i = 0; i < 500; ++i) {
      const Plan plan = repaired(s.space, edited(s.space, labels, edits, random));
      seen.insert(plan);
      labels = labels_of(plan, graph.ops.size());
    }
    EXPECT_EQ(seen.size(), 8U);
  }
}

/// How often one edit of a chain of single ops leaves so many groups.
std::map<size_t, int> group_counts(PlanEdits edits, const Labels& labels) {
  const Graph graph = testing::chain(static_cast<int>(labels.size()));
  const Space s(graph, Scheme::lbdf, 1 << 20);
  RandomSource random(7);
  std::map<size_t, int> counts;
  for (int i = 0; i < 2000; ++i) ++counts[repaired(s.space, edited(s.space, labels, edits, random)).size()];
  return counts;
}

TEST(Moves, OnlyWideEditsMergeMoreThanTwoGroups) {
  const Labels singles = {0, 1, 2, 3, 4, 5};
  const std::map<size_t, int> paper = group_counts(PlanEdits::paper, singles);
  EXPECT_EQ(paper.size(), 1U) << "single ops can only merge with one neighbour";
  EXPECT_EQ(paper.begin()->first, 5U);
  const std::map<size_t, int> wide = group_counts(PlanEdits::wide, singles);
  EXPECT_EQ(wide.begin()->first, 1U) << "all six";
  EXPECT_EQ(wide.size(), 5U);
  // Single ops cannot be cut, so that a third of the edits merge; one more group joins with a chance of 0.7.
  EXPECT_NEAR(wide.at(4), 2000.0 / 3 * 0.7 * 0.3, 40);
  EXPECT_NEAR(wide.at(1), 2000.0 / 3 * 0.7 * 0.7 * 0.7 * 0.7, 40);
}

TEST(Moves, CrossoverTakesGroupsOfBothParents) {
  RandomSource random(5);
  const Labels ones(12, 0);
  Labels singles(12);
  for (size_t o = 0; o < singles.size(); ++o) singles[o] = static_cast<int32_t>(o);
  std::set<size_t> sizes;
  for (int i = 0; i < 100; ++i) sizes.insert(groups_of(crossed(singles, ones, random)).size());
  EXPECT_GT(sizes.size(), 5U);
  EXPECT_EQ(*sizes.begin(), 1U);
}

TEST(SplitAtRandom, GivesLegalGroupsThatFitInRunningOrder) {
  for_random_spaces(100, [](Space& s, RandomSource& random) {
    const Graph& graph = s.space.graph();
    for (const Group& group : repaired(s.space, random_labels(s.space, random))) {
      if (s.space.runs_alone(group.front())) continue;
      size_t ops = 0;
      std::vector<OpId> before;
      for (const Group& part : split_at_random(group, s.evaluator, random)) {
        EXPECT_EQ(illegal_reason(graph, part), "");
        EXPECT_TRUE(s.evaluator.fits(part));
        ops += part.size();
      }
      EXPECT_EQ(ops, group.size());
    }
  });
}

TEST(SearchSpace, TakesOutOpaqueAndUnfusableOps) {
  testing::GraphBuilder b("mixed");
  const TensorId x = b.input({8, 8, 8});
  const TensorId t = b.conv(b.conv(x, 8, 1), 512, 3);
  b.opaque({t}, {{8, 1, 1}});
  const Graph graph = b.finish();
  const testing::CostModel cost(graph, cost_params(Config{}));
  const Space s(graph, Scheme::lbdf, cost.lbdf_f_beta({1}));
  EXPECT_EQ(s.space.free_ops(), (std::vector<OpId>{0}));
  EXPECT_EQ(repaired(s.space, {0, 0, 0}), (Plan{{0}, {1}, {2}}));
}

}  // namespace
}  // namespace fusesim
