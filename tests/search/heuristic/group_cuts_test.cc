#include "fusesim/search/group_cuts.h"

#include <gmock/gmock.h>

#include <set>

#include "networks.h"

namespace fusesim {
namespace {

using testing::all_ops;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

/// First parts of all cuts at an edge of the whole graph as one group.
std::vector<Group> first_parts(const Graph& graph, GroupEdge edge, size_t limit = 64) {
  std::vector<Group> parts;
  for (const GroupCut& cut : cuts_at(GroupDag(graph, all_ops(graph)), edge, limit))
    parts.push_back(cut.first);
  return parts;
}

TEST(CutsAt, ChainHasOneCutPerEdge) {
  const Graph graph = testing::chain(4);
  const std::vector<GroupCut> cuts = cuts_at(GroupDag(graph, all_ops(graph)), {1, 2});
  ASSERT_EQ(cuts.size(), 1U);
  EXPECT_EQ(cuts[0].first, (Group{0, 1}));
  EXPECT_EQ(cuts[0].second, (Group{2, 3}));
}

TEST(CutsAt, EdgeUnderASkipCutsTheSkipToo) {
  EXPECT_THAT(first_parts(testing::residual(), {1, 2}), UnorderedElementsAre(Group{0, 1}));
  EXPECT_THAT(first_parts(testing::residual(), {0, 1}), UnorderedElementsAre(Group{0}));
  EXPECT_THAT(first_parts(testing::residual(), {2, 3}), UnorderedElementsAre(Group{0, 1, 2}));
}

TEST(CutsAt, SkipCutsOneEdgeOfThePathItSkips) {
  EXPECT_THAT(first_parts(testing::residual(), {0, 3}),
              UnorderedElementsAre(Group{0}, Group{0, 1}, Group{0, 1, 2}));
}

TEST(CutsAt, ParallelPathGivesOneCutPerEdgeOfIt) {
  const Graph graph = testing::projected_residual();
  EXPECT_THAT(first_parts(graph, {1, 2}), UnorderedElementsAre(Group{0, 1}, Group{0, 1, 4}));
  EXPECT_THAT(first_parts(graph, {0, 4}),
              UnorderedElementsAre(Group{0}, Group{0, 1}, Group{0, 1, 2}, Group{0, 1, 2, 3}));
}

TEST(CutsAt, NestedSkipsOfSqueezeAndExcite) {
  const Graph graph = testing::squeeze_and_excite();
  EXPECT_THAT(first_parts(graph, {1, 2}), UnorderedElementsAre(Group{0, 1}));
  EXPECT_THAT(first_parts(graph, {4, 5}), UnorderedElementsAre(Group{0, 1, 2, 3, 4}));
  EXPECT_THAT(
      first_parts(graph, {2, 6}),
      UnorderedElementsAre(Group{0, 1, 2}, Group{0, 1, 2, 3}, Group{0, 1, 2, 3, 4}, Group{0, 1, 2, 3, 4, 5}));
  EXPECT_THAT(first_parts(graph, {0, 8}),
              UnorderedElementsAre(Group{0}, Group{0, 1}, Group{0, 1, 2}, Group{0, 1, 2, 3},
                                   Group{0, 1, 2, 3, 4}, Group{0, 1, 2, 3, 4, 5}, Group{0, 1, 2, 3, 4, 5, 6},
                                   Group{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(CutsAt, PartsThatHangOnOneSideStayThere) {
  testing::GraphBuilder fork("fork");
  const TensorId x = fork.conv(fork.input({8, 8, 8}), 8, 1);
  fork.conv(x, 8, 1);
  fork.conv(x, 8, 3);
  EXPECT_THAT(first_parts(fork.finish(), {0, 1}), UnorderedElementsAre(Group{0, 2}));

  testing::GraphBuilder join("join");
  const TensorId a = join.conv(join.input({8, 8, 8}), 8, 1);
  const TensorId b = join.conv(join.input({8, 8, 8}), 8, 1);
  join.add(a, b);
  EXPECT_THAT(first_parts(join.finish(), {0, 2}), UnorderedElementsAre(Group{0}));
}

TEST(CutsAt, CrossingPairsThatReadEachOtherAreNoCut) {
  // 0 and 1 each feed 2 and 3: {0, 2} and {1, 3} are legal groups, but each reads the other.
  testing::GraphBuilder b("crossing");
  const TensorId x = b.input({8, 8, 8});
  const TensorId p = b.conv(x, 8, 1);
  const TensorId q = b.conv(x, 8, 3);
  b.add(p, q);
  b.mul(p, q);
  EXPECT_THAT(first_parts(b.finish(), {0, 3}), UnorderedElementsAre(Group{0}, Group{0, 1, 2}));
}

/// All ways to put the ops of a small group on two legal sides, by trying every subset.
std::set<Group> cuts_by_force(const Graph& graph, const Group& group, GroupEdge edge) {
  std::set<Group> cuts;
  for (uint64_t bits = 1; bits + 1 < uint64_t{1} << group.size(); ++bits) {
    Group first;
    Group second;
    for (size_t i = 0; i < group.size(); ++i) ((bits >> i & 1U) != 0 ? first : second).push_back(group[i]);
    const auto in_first = [&](OpId op) { return std::binary_search(first.begin(), first.end(), op); };
    if (!in_first(edge.from) || in_first(edge.to)) continue;
    bool one_way = true;
    for (const GroupEdge& e : edges_inside(graph, group)) one_way &= in_first(e.from) || !in_first(e.to);
    if (one_way && illegal_reason(graph, first).empty() && illegal_reason(graph, second).empty())
      cuts.insert(first);
  }
  return cuts;
}

TEST(CutsAt, AreAllLegalCutsThroughTheEdge) {
  testing::for_random_graphs(1, 150, [](const Graph& graph, uint64_t seed) {
    const Group group = testing::random_group(graph, seed, 11);
    for (const GroupEdge& edge : edges_inside(graph, group)) {
      std::set<Group> found;
      for (const GroupCut& cut : cuts_at(GroupDag(graph, group), edge, 4096)) {
        EXPECT_TRUE(found.insert(cut.first).second) << "a cut is listed twice";
        Group both = cut.first;
        both.insert(both.end(), cut.second.begin(), cut.second.end());
        std::sort(both.begin(), both.end());
        EXPECT_EQ(both, group);
      }
      EXPECT_EQ(found, cuts_by_force(graph, group, edge)) << edge.from << ".." << edge.to;
    }
  });
}

/// Ops 1 to 7 lie beside the edge: none of them, all of them, and three places between.
TEST(CutsAt, PastTheLimitAtFivePlacesOfTheOrder) {
  const Graph graph = testing::squeeze_and_excite();
  ASSERT_EQ(first_parts(graph, {0, 8}, 8).size(), 8U);
  EXPECT_THAT(first_parts(graph, {0, 8}, 7),
              ElementsAre(Group{0}, Group{0, 1, 2}, Group{0, 1, 2, 3, 4}, Group{0, 1, 2, 3, 4, 5, 6},
                          Group{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(RandomCut, GivesLegalPartsInOrder) {
  RandomSource random(7);
  testing::for_random_graphs(1, 300, [&](const Graph& graph, uint64_t seed) {
    const Group group = testing::random_group(graph, seed, 30);
    if (group.size() < 2) return;
    const GroupCut cut = random_cut(GroupDag(graph, group), random);
    EXPECT_EQ(illegal_reason(graph, cut.first), "");
    EXPECT_EQ(illegal_reason(graph, cut.second), "");
    EXPECT_EQ(cut.first.size() + cut.second.size(), group.size());
    for (const GroupEdge& edge : edges_inside(graph, group)) {
      const bool backwards = std::binary_search(cut.second.begin(), cut.second.end(), edge.from) &&
                             std::binary_search(cut.first.begin(), cut.first.end(), edge.to);
      EXPECT_FALSE(backwards);
    }
  });
}

TEST(RandomCut, ReachesEveryPlaceOfAChain) {
  const Graph graph = testing::chain(6);
  RandomSource random(1);
  std::set<size_t> sizes;
  for (int i = 0; i < 200; ++i)
    sizes.insert(random_cut(GroupDag(graph, all_ops(graph)), random).first.size());
  EXPECT_EQ(sizes, (std::set<size_t>{1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace fusesim
