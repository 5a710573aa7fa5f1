#include "brr/tile_limits.h"

#include <gtest/gtest.h>

#include "brr/tiled_group.h"
#include "brute_plans.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/testing/graph_builder.h"
#include "small_graphs.h"

namespace fusesim {
namespace {

constexpr uint64_t kGraphs = 600;

/// Rows of one stay rows of all: the sinks of a group are cut into no more tiles than the limit of each.
TEST(TileLimits, HoldForEveryGroup) {
  int64_t groups = 0;
  int64_t limited = 0;
  for (uint64_t seed = 0; seed < kGraphs; ++seed) {
    const Graph graph = testing::small_graph(seed, 9);
    const TileLimits limits = tile_limits(graph);
    CostParams params;
    TiledGroup tiled(graph, params);
    for (const Group& group : testing::all_groups(graph)) {
      if (group.size() < 2 || !tiled.prepare(group).empty()) continue;
      const int64_t tiles = tiled.tiling().tiles(1);
      for (const TensorId t : boundary(graph, group).outgoing) {
        if (op_facts(graph.op(graph.tensor(t).producer)).pools_map()) continue;
        const int64_t most = limits.most_tiles[static_cast<size_t>(t)];
        EXPECT_LE(tiles, most) << "seed " << seed << "\n"
                               << testing::describe(graph) << "group\n"
                               << testing::describe(graph, group);
        limited += most < kAnyTiles ? 1 : 0;
        groups += 1;
      }
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(10 * limited, groups);
}

/// Known answer: two halvings; the row in the middle of the smallest map is made of those of the others.
TEST(TileLimits, FollowTheScaleOfTheNetwork) {
  testing::GraphBuilder b("halvings");
  const TensorId x = b.input({4, 28, 28});
  const TensorId half = b.conv(x, 4, 3, 2);
  const TensorId quarter = b.conv(half, 4, 3, 2);
  const TileLimits limits = tile_limits(b.finish());
  EXPECT_EQ(limits.most_tiles[static_cast<size_t>(x)], 28);
  EXPECT_EQ(limits.most_tiles[static_cast<size_t>(half)], 14);
  EXPECT_EQ(limits.most_tiles[static_cast<size_t>(quarter)], 7);
  EXPECT_EQ(limits.middle[static_cast<size_t>(quarter)], 3);
  EXPECT_EQ(limits.middle[static_cast<size_t>(half)], 6);
  EXPECT_EQ(limits.middle[static_cast<size_t>(x)], 12);
}

}  // namespace
}  // namespace fusesim
