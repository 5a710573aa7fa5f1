#include "fusesim/explain/controls.h"

#include <gmock/gmock.h>

#include <map>

#include "networks.h"

namespace fusesim {
namespace {

using testing::all_ops;

std::vector<GroupEdge> edges_of(const std::vector<BlamedEdge>& blamed) {
  std::vector<GroupEdge> edges;
  edges.reserve(blamed.size());
  for (const BlamedEdge& b : blamed) edges.push_back(b.edge);
  return edges;
}

TEST(AllEdges, BlamesEveryEdgeAlike) {
  const Graph graph = testing::residual();
  const std::vector<BlamedEdge> blamed = AllEdges(graph).explain(all_ops(graph), 1024);
  EXPECT_EQ(edges_of(blamed), (std::vector<GroupEdge>{{0, 1}, {0, 3}, {1, 2}, {2, 3}}));
  for (const BlamedEdge& b : blamed) EXPECT_EQ(b.importance, 1.0);
  EXPECT_TRUE(AllEdges(graph).explain({2}, 1024).empty());
}

TEST(RandomEdges, DrawsDifferentEdgesOfTheGroupMostImportantFirst) {
  const Graph graph = testing::squeeze_and_excite();
  const std::vector<BlamedEdge> blamed = RandomEdges(graph, fixed_edges(4), 1).explain(all_ops(graph), 1024);
  ASSERT_EQ(blamed.size(), 4U);
  const std::vector<GroupEdge> inside = edges_inside(graph, all_ops(graph));
  for (size_t i = 0; i < blamed.size(); ++i) {
    EXPECT_THAT(inside, ::testing::Contains(blamed[i].edge));
    if (i > 0) {
      EXPECT_GT(blamed[i - 1].importance, blamed[i].importance);
    }
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(blamed[i].edge == blamed[j].edge);
  }
}

TEST(RandomEdges, FollowsFromSeedBufferAndGroupAlone) {
  const Graph graph = testing::squeeze_and_excite();
  RandomEdges one(graph, fixed_edges(3), 1);
  const auto before = edges_of(one.explain(all_ops(graph), 1024));
  one.explain({0, 1, 2}, 1024);
  EXPECT_EQ(edges_of(one.explain(all_ops(graph), 1024)), before);
  int different = 0;
  for (uint64_t seed = 2; seed < 12; ++seed) {
    different += edges_of(RandomEdges(graph, fixed_edges(3), seed).explain(all_ops(graph), 1024)) != before;
  }
  EXPECT_GT(different, 5);
}

TEST(RandomEdges, DrawsEveryEdgeAboutAsOften) {
  const Graph graph = testing::residual();
  std::map<GroupEdge, int> count;
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    ++count[RandomEdges(graph, fixed_edges(1), seed).explain(all_ops(graph), 1024).front().edge];
  }
  ASSERT_EQ(count.size(), 4U);
  for (const auto& [edge, times] : count) EXPECT_NEAR(times, 1000, 150) << edge.from << ".." << edge.to;
}

TEST(RandomEdges, GivesAsManyAsItsReference) {
  const Graph graph = testing::residual();
  RandomEdges all(graph, as_many_as(std::make_shared<AllEdges>(graph)), 1);
  EXPECT_EQ(all.explain(all_ops(graph), 1024).size(), 4U);
  EXPECT_EQ(all.explain({0, 1}, 1024).size(), 1U);
  EXPECT_EQ(RandomEdges(graph, fixed_edges(9), 1).explain(all_ops(graph), 1024).size(), 4U);
}

}  // namespace
}  // namespace fusesim
