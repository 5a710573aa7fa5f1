#include "fusesim/search/evaluator.h"
#include "fusesim/testing/cost_model.h"

#include <gtest/gtest.h>

#include <thread>

#include "fusesim/search/group_cuts.h"
#include "networks.h"

namespace fusesim {
namespace {

TEST(Evaluator, SaysWhatTheCostModelsSay) {
  testing::for_random_graphs(1, 60, [](const Graph& graph, uint64_t seed) {
    const testing::CostModel cost(graph, cost_params(Config{}));
    const Group group = testing::random_group(graph, seed);
    if (graph.op(group.front()).kind == OpKind::opaque) return;
    const int64_t f_beta = cost.lbdf_f_beta(group);
    GroupMemo memo;
    Evaluator lbdf({graph, Scheme::lbdf, testing::config_with(f_beta + 1)}, memo);
    EXPECT_TRUE(lbdf.fits(group));
    EXPECT_EQ(lbdf.value(group), cost.lbdf_traffic(group).total_bytes());
    EXPECT_EQ(lbdf.occupied_bytes(group), f_beta);
    GroupMemo exact_memo;
    EXPECT_FALSE(Evaluator({graph, Scheme::lbdf, testing::config_with(f_beta)}, exact_memo).fits(group));
    const int64_t brr_f_beta = cost.brr_f_beta(group);
    if (brr_f_beta == kNeverFits) return;
    GroupMemo brr_memo;
    Evaluator brr({graph, Scheme::brr, testing::config_with(2 * brr_f_beta)}, brr_memo);
    EXPECT_EQ(brr.f_beta_bytes(group), brr_f_beta);
    EXPECT_EQ(brr.value(group), cost.brr(group, 2 * brr_f_beta)->traffic.total_bytes());
    EXPECT_LT(brr.occupied_bytes(group), 2 * brr_f_beta);
  });
}

/// Bounds save evaluations and change no answer, nor what counts as a query.
TEST(Evaluator, SaysWhatFitsAsTheBufferNeedDoes) {
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    SCOPED_TRACE(to_string(scheme));
    int64_t below = 0;
    int64_t above = 0;
    int64_t by_bound = 0;
    testing::for_random_graphs(1, 120, [&](const Graph& graph, uint64_t seed) {
      const Group group = testing::random_group(graph, seed, 16);
      if (graph.op(group.front()).kind == OpKind::opaque) return;
      const testing::CostModel cost(graph, cost_params(Config{}));
      const int64_t f_beta = scheme == Scheme::lbdf ? cost.lbdf_f_beta(group) : cost.brr_f_beta(group);
      const bool runs = f_beta != kNeverFits;
      std::vector<int64_t> buffers = {1 << 20};
      if (runs) buffers = {f_beta / 4, f_beta / 2, f_beta, f_beta + 1};
      for (const int64_t buffer_bytes : buffers) {
        GroupMemo memo;
        Evaluator evaluator({graph, scheme, testing::config_with(buffer_bytes)}, memo);
        const bool fits = f_beta < buffer_bytes;
        EXPECT_EQ(evaluator.fits(group), fits);
        if (memo.find(group).cannot_fit) ++by_bound;
        EXPECT_EQ(evaluator.fits(group), fits);
        EXPECT_EQ(evaluator.f_beta_bytes(group), f_beta);
        EXPECT_EQ(evaluator.fits(group), fits);
        EXPECT_EQ(evaluator.counts().f_beta, 1);
        ++(fits ? below : above);
      }
    });
    EXPECT_GT(below, 50);
    EXPECT_GT(above, 50);
    EXPECT_GT(by_bound, 50);
  }
}

TEST(Evaluator, NoPlanMovesLessThanTheFloor) {
  int64_t tight = 0;
  int64_t fitting = 0;
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    testing::for_random_graphs(1, 120, [&](const Graph& graph, uint64_t seed) {
      const Group group = testing::random_group(graph, seed, 16);
      if (graph.op(group.front()).kind == OpKind::opaque) return;
      GroupMemo memo;
      Evaluator evaluator({graph, scheme, testing::config_with(4 * testing::least_buffer(graph, scheme))},
                          memo);
      if (evaluator.fits(group)) {
        ++fitting;
        EXPECT_LE(evaluator.least_value(group), evaluator.value(group));
      }
      if (group.size() == 1) return;
      RandomSource random(seed);
      const GroupCut cut = random_cut(GroupDag(graph, group), random);
      const int64_t parts_bytes = evaluator.least_value(cut.first) + evaluator.least_value(cut.second);
      EXPECT_LT(evaluator.least_value(group), evaluator.least_parted_value(group));
      EXPECT_LE(evaluator.least_parted_value(group), parts_bytes);
      if (evaluator.least_parted_value(group) == parts_bytes) ++tight;
    });
  }
  EXPECT_GT(tight, 10);
  EXPECT_GT(fitting, 50);
}

TEST(Evaluator, CountsEveryGroupOnce) {
  const Graph graph = testing::chain(3);
  GroupMemo memo;
  Evaluator evaluator({graph, Scheme::brr, testing::config_with(1 << 20)}, memo);
  for (int i = 0; i < 3; ++i) {
    evaluator.fits({0, 1});
    evaluator.fits({1, 2});
    evaluator.value({0, 1});
    evaluator.occupied_bytes({0, 1});
  }
  EXPECT_EQ(evaluator.counts().f_beta, 2);
  EXPECT_EQ(evaluator.counts().f_d, 1);
  EXPECT_EQ(evaluator.counts().total(), 3);
}

TEST(Evaluator, CountsDoNotDependOnWhoAsks) {
  const Graph graph = testing::chain(24);
  GroupMemo memo;
  const auto ask = [&] {
    Evaluator evaluator({graph, Scheme::lbdf, testing::config_with(1 << 20)}, memo);
    for (OpId first = 0; first < 24; ++first) {
      Group group;
      for (OpId op = first; op < 24; ++op) {
        group.push_back(op);
        evaluator.value(group);
      }
    }
  };
  std::thread other(ask);
  ask();
  other.join();
  EXPECT_EQ(memo.counts().f_beta, 300);
  EXPECT_EQ(memo.counts().f_d, 300);
}

}  // namespace
}  // namespace fusesim
