#include "columns/group_choice.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "brute_plans.h"
#include "fusesim/testing/graph_builder.h"
#include "networks.h"

namespace fusesim {
namespace {

std::vector<Group> sorted(std::vector<Group> groups) {
  std::sort(groups.begin(), groups.end());
  return groups;
}

TEST(GroupChoice, TakesTheLeastSum) {
  const Graph graph = testing::chain(4);
  GroupChoice choice(graph, {{{0}, 5}, {{1}, 5}, {{2}, 5}, {{3}, 5}, {{0, 1}, 7}, {{1, 2}, 4}, {{2, 3}, 8}});
  EXPECT_EQ(sorted(choice.choose(100, {})), (std::vector<Group>{{0}, {1, 2}, {3}}));
  EXPECT_TRUE(choice.choose(14, {}).empty()) << "14 is the least";
}

/// 0 and 1 read the input, 2 and 3 read both, 4 reads 2 and 3: {0, 3} and {1, 2} wait for each other.
TEST(GroupChoice, ForbidsCirclesThatItMet) {
  testing::GraphBuilder b("circle");
  const TensorId x = b.input({8, 8, 8});
  const TensorId first = b.conv(x, 8, 3);
  const TensorId second = b.conv(x, 8, 3);
  const TensorId left = b.add(first, second);
  const TensorId right = b.add(second, first);
  b.add(left, right);
  const Graph graph = b.finish();
  GroupChoice choice(graph, {{{0}, 5}, {{1}, 5}, {{2}, 5}, {{3}, 5}, {{4}, 5}, {{0, 3}, 1}, {{1, 2}, 1}});
  const std::vector<Group> circle = choice.choose(100, {});
  EXPECT_EQ(sorted(circle), (std::vector<Group>{{0, 3}, {1, 2}, {4}}));
  EXPECT_TRUE(choice.cut(circle));
  const std::vector<Group> plan = choice.choose(100, {});
  EXPECT_EQ(plan.size(), 4U);
  EXPECT_FALSE(choice.cut(plan));
}

/// Over all legal groups of small networks, with values that make every other one a bargain.
TEST(GroupChoice, FindsTheBestOfAllPlans) {
  size_t circles = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const Graph graph = testing::random_adds(seed, 6);
    const auto value = [seed](const Group& group) -> int64_t {
      uint64_t hash = seed;
      for (const OpId op : group) hash = (hash + static_cast<uint64_t>(op) + 1) * 0x9E3779B97F4A7C15ULL;
      return 100 + static_cast<int64_t>(group.size()) * static_cast<int64_t>((hash >> 40U) % 100);
    };
    std::vector<PricedGroup> groups;
    for (const Group& group : testing::all_groups(graph)) groups.push_back({group, value(group)});
    GroupChoice choice(graph, groups);
    constexpr int64_t kAny = 1'000'000;
    std::vector<Group> chosen = choice.choose(kAny, {});
    for (; choice.cut(chosen); chosen = choice.choose(kAny, {})) ++circles;
    int64_t sum = 0;
    for (const Group& group : chosen) sum += value(group);
    EXPECT_EQ(sum, testing::least_plan_price(graph, value)) << "seed " << seed;
  }
  EXPECT_GT(circles, 0U);
}

}  // namespace
}  // namespace fusesim
