#include "fusesim/search/evaluator.h"

#include <gtest/gtest.h>

#include <thread>

#include "networks.h"

namespace fusesim {
namespace {

TEST(Evaluator, SaysWhatTheCostModelsSay) {
  testing::for_random_graphs(1, 60, [](const Graph& graph, uint64_t seed) {
    const CostModel cost(graph, cost_params(Config{}));
    const Group group = testing::random_group(graph, seed);
    if (graph.op(group.front()).kind == OpKind::opaque) return;
    const int64_t f_beta = cost.lbdf_f_beta(group);
    GroupMemo memo;
    Evaluator lbdf(graph, Scheme::lbdf, testing::config_with(f_beta + 1), memo);
    EXPECT_TRUE(lbdf.fits(group));
    EXPECT_EQ(lbdf.f_d_bytes(group), cost.lbdf_traffic(group).total_bytes());
    EXPECT_EQ(lbdf.occupied_bytes(group), f_beta);
    GroupMemo exact_memo;
    EXPECT_FALSE(Evaluator(graph, Scheme::lbdf, testing::config_with(f_beta), exact_memo).fits(group));
    const int64_t brr_f_beta = cost.brr_f_beta(group);
    if (brr_f_beta == kNeverFits) return;
    GroupMemo brr_memo;
    Evaluator brr(graph, Scheme::brr, testing::config_with(2 * brr_f_beta), brr_memo);
    EXPECT_EQ(brr.f_beta_bytes(group), brr_f_beta);
    EXPECT_EQ(brr.f_d_bytes(group), cost.brr(group, 2 * brr_f_beta)->traffic.total_bytes());
    EXPECT_LT(brr.occupied_bytes(group), 2 * brr_f_beta);
  });
}

TEST(Evaluator, CountsEveryGroupOnce) {
  const Graph graph = testing::chain(3);
  GroupMemo memo;
  Evaluator evaluator(graph, Scheme::brr, testing::config_with(1 << 20), memo);
  for (int i = 0; i < 3; ++i) {
    evaluator.fits({0, 1});
    evaluator.fits({1, 2});
    evaluator.f_d_bytes({0, 1});
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
    Evaluator evaluator(graph, Scheme::lbdf, testing::config_with(1 << 20), memo);
    for (OpId first = 0; first < 24; ++first) {
      Group group;
      for (OpId op = first; op < 24; ++op) {
        group.push_back(op);
        evaluator.f_d_bytes(group);
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
