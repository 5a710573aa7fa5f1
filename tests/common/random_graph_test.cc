#include "fusesim/testing/random_graph.h"

#include <gtest/gtest.h>

#include "fusesim/base/error.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kSeeds = 800;

RandomGraphOptions options_of(uint64_t seed) {
  return seed % 2 == 0 ? RandomGraphOptions{} : RandomGraphOptions::tiny();
}

TEST(RandomGraph, EveryGraphPassesTheChecks) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    ASSERT_NO_THROW(random_graph(seed, options_of(seed))) << "seed " << seed;
  }
}

TEST(RandomGraph, SameSeedSameGraph) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(describe(random_graph(seed)), describe(random_graph(seed)));
  }
  EXPECT_NE(describe(random_graph(1)), describe(random_graph(2)));
}

TEST(RandomGraph, CoversEveryKindAndFeature) {
  std::map<std::string, int64_t> counts;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) count_features(random_graph(seed, options_of(seed)), counts);
  for (const auto& [feature, count] : counts) {
    RecordProperty(feature, std::to_string(count));
    EXPECT_GT(count, 0) << feature << " never occurs in " << kSeeds << " graphs";
  }
  for (int kind = 0; kind <= static_cast<int>(OpKind::opaque); ++kind) {
    EXPECT_GT(counts[to_string(static_cast<OpKind>(kind))], 10) << to_string(static_cast<OpKind>(kind));
  }
}

TEST(RandomPlan, IsLegalAndHasGroupsOfManySizes) {
  std::map<size_t, int64_t> sizes;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Graph graph = random_graph(seed, options_of(seed));
    const Plan plan = random_plan(graph, seed);
    ASSERT_EQ(illegal_reason(graph, plan), "") << describe(graph);
    for (const Group& group : plan) ++sizes[group.size()];
  }
  for (size_t size = 1; size <= 10; ++size) EXPECT_GT(sizes[size], 5) << size;
}

TEST(RandomPlan, GroupsAndSplitsAreLegal) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Graph graph = random_graph(seed, options_of(seed));
    const Group group = random_group(graph, seed);
    ASSERT_EQ(illegal_reason(graph, group), "") << describe(graph);
    if (group.size() < 2) continue;
    Random random(seed);
    const Plan parts = random_split(graph, group, random);
    EXPECT_GE(parts.size(), 2U);
    size_t ops = 0;
    for (const Group& part : parts) {
      EXPECT_EQ(illegal_reason(graph, part), "") << describe(graph);
      ops += part.size();
    }
    EXPECT_EQ(ops, group.size());
  }
}

}  // namespace
}  // namespace fusesim::testing
