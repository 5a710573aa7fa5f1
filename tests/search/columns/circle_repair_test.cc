#include "columns/circle_repair.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fusesim/base/random_source.h"
#include "fusesim/cost/group_model.h"
#include "fusesim/testing/graph_builder.h"
#include "networks.h"

namespace fusesim {
namespace {

int64_t square(const Group& group) { return static_cast<int64_t>(group.size() * group.size()); }

/// 0 and 1 read the input, 2 and 3 read both, 4 reads 2 and 3.
Graph crossed() {
  testing::GraphBuilder b("circle");
  const TensorId x = b.input({8, 8, 8});
  const TensorId first = b.conv(x, 8, 3);
  const TensorId second = b.conv(x, 8, 3);
  const TensorId left = b.add(first, second);
  const TensorId right = b.add(second, first);
  b.add(left, right);
  return b.finish();
}

TEST(CircleRepair, OrdersAPlan) {
  const Graph graph = testing::chain(4);
  EXPECT_EQ(CircleRepair(graph).repaired({{2, 3}, {0}, {1}}, square), (Plan{{0}, {1}, {2, 3}}));
}

/// {0, 3} and {1, 2} wait for each other; the one that costs less to part is parted.
TEST(CircleRepair, PartsTheGroupThatCostsLeast) {
  const Graph graph = crossed();
  const auto value = [](const Group& group) -> int64_t {
    if (group == Group{0, 3}) return 10;
    return group.size() == 1 ? 10 : 5;
  };
  EXPECT_EQ(CircleRepair(graph).repaired({{0, 3}, {1, 2}, {4}}, value), (Plan{{0}, {1, 2}, {3}, {4}}));
}

TEST(CircleRepair, GivesUpWithoutValidParts) {
  const auto value = [](const Group& group) { return group.size() == 2 ? 1 : kNeverFits; };
  EXPECT_TRUE(CircleRepair(crossed()).repaired({{0, 3}, {1, 2}, {4}}, value).empty());
}

/// Ops in groups at random, as far as these are convex and connected.
std::vector<Group> random_choice(const Graph& graph, uint64_t seed) {
  RandomSource random(seed);
  std::vector<Group> groups;
  for (size_t o = 0; o < graph.ops.size(); ++o) groups.push_back({static_cast<OpId>(o)});
  for (size_t attempt = 0; attempt < 8 * graph.ops.size() && groups.size() > 1; ++attempt) {
    const size_t a = random.index(groups.size());
    const size_t b = random.index(groups.size());
    if (a == b) continue;
    Group both = groups[a];
    both.insert(both.end(), groups[b].begin(), groups[b].end());
    std::sort(both.begin(), both.end());
    if (!illegal_reason(graph, both).empty()) continue;
    groups[a] = both;
    groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(b));
  }
  return groups;
}

TEST(CircleRepair, MakesLegalPlans) {
  size_t parted = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Graph graph = testing::random_adds(seed, 20);
    const std::vector<Group> choice = random_choice(graph, seed);
    const Plan plan = CircleRepair(graph).repaired(choice, square);
    EXPECT_EQ(illegal_reason(graph, plan), "") << "seed " << seed;
    parted += plan.size() > choice.size() ? 1 : 0;
  }
  EXPECT_GT(parted, 0U);
}

}  // namespace
}  // namespace fusesim
