#include "columns/valid_groups.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "brute_plans.h"
#include "columns/sweep_order.h"
#include "networks.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 60;

struct Case {
  explicit Case(uint64_t seed, Scheme scheme)
      : graph(testing::small_graph(seed, 9)),
        config(testing::config_with(testing::least_buffer(graph, scheme) * 3 / 2)),
        problem(graph, scheme, config),
        floor(price_floors(problem).front()),
        valid(problem, floor, narrow_order(graph)),
        worth(graph.ops.size()) {
    for (size_t o = 0; o < worth.size(); ++o) worth[o] = static_cast<double>((o * 7919 + seed) % 5 * 1000);
  }

  Graph graph;
  Config config;
  SearchProblem problem;
  PriceFloor floor;
  ValidGroups valid;
  std::vector<double> worth;
};

bool holds_all(const Group& group, const Group& part) {
  return std::includes(group.begin(), group.end(), part.begin(), part.end());
}

TEST(ValidGroups, AreValuedByTheCostModel) {
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    Case c(seed, seed % 2 == 0 ? Scheme::lbdf : Scheme::brr);
    GroupMemo memo;
    Evaluator evaluator(c.problem, memo);
    for (const Group& group : testing::all_groups(c.graph)) {
      if (group.size() < 2) continue;
      EXPECT_EQ(c.valid.value(group), evaluator.value(group)) << "seed " << seed;
    }
    EXPECT_EQ(c.valid.value({0}), kNeverFits) << "groups of two or more ops alone";
  }
}

TEST(ValidGroups, ShrinkToLegalPartsThatFit) {
  size_t shrunk = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    Case c(seed, seed % 2 == 0 ? Scheme::lbdf : Scheme::brr);
    for (const Group& group : testing::all_groups(c.graph)) {
      if (group.size() < 2) continue;
      const std::vector<Group> parts = c.valid.shrunk(group, c.worth);
      for (const Group& part : parts) {
        EXPECT_EQ(illegal_reason(c.graph, part), "") << "seed " << seed;
        EXPECT_NE(c.valid.value(part), kNeverFits) << "seed " << seed;
        EXPECT_TRUE(holds_all(group, part)) << "seed " << seed;
      }
      const bool is_valid = c.valid.value(group) != kNeverFits;
      EXPECT_EQ(parts == std::vector<Group>{group}, is_valid) << "seed " << seed;
      shrunk += is_valid ? 0 : parts.size();
    }
  }
  EXPECT_GT(shrunk, kGraphs);
}

TEST(ValidGroups, ASetThatIsNotConvexGivesNone) {
  testing::GraphBuilder b("chain");
  const TensorId x = b.conv(b.input({8, 8, 8}), 8, 3);
  b.add(b.conv(b.conv(x, 8, 3), 8, 3), x);
  const Graph graph = b.finish();
  const Config config = testing::config_with(1 << 20);
  const SearchProblem problem(graph, Scheme::lbdf, config);
  const PriceFloor floor = price_floors(problem).front();
  ValidGroups valid(problem, floor, narrow_order(graph));
  EXPECT_TRUE(valid.shrunk({0, 3}, {1, 1, 1, 1}).empty());
  EXPECT_EQ(valid.value({0, 3}), kNeverFits);
}

TEST(ValidGroups, ImproveByTheirWorth) {
  size_t better = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    Case c(seed, seed % 2 == 0 ? Scheme::lbdf : Scheme::brr);
    for (const Group& group : testing::all_groups(c.graph)) {
      const int64_t value = c.valid.value(group);
      if (value == kNeverFits) continue;
      const Group improved = c.valid.improved(group, c.worth);
      const int64_t after = c.valid.value(improved);
      ASSERT_NE(after, kNeverFits) << "seed " << seed;
      const double gain =
          ValidGroups::reduced(group, value, c.worth) - ValidGroups::reduced(improved, after, c.worth);
      EXPECT_GE(gain, 0.0) << "seed " << seed;
      better += gain > 0.0 ? 1 : 0;
    }
  }
  EXPECT_GT(better, kGraphs);
}

}  // namespace
}  // namespace fusesim
