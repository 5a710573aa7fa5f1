#include "geometry.h"

#include <gtest/gtest.h>

#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

RowRange rows(int64_t first, int64_t last) { return {first, last}; }

/// x 0 (16 rows) -> a 1 (16 rows, an output) -> b 2 (stride 2, 8 rows)
Graph two_sinks() {
  GraphBuilder g("two_sinks");
  const TensorId a = g.conv(g.input({4, 16, 4}), 4, 3);
  g.output(a);
  g.conv(a, ConvSpec{4, square_window(3, 2, 1), 1, true});
  return g.finish();
}

TEST(BrrGeometry, TilesOfSinksOfDifferentStridesCoverTheSameInput) {
  const Graph graph = two_sinks();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 2, 4));
  const BrrGeometry geometry(group, 2);
  EXPECT_EQ(geometry.tiles(), 4);
  EXPECT_EQ(geometry.rows_per_height(1), 2);
  EXPECT_EQ(geometry.rows_per_height(2), 1);
  EXPECT_EQ(geometry.own_rows(1, 1), rows(4, 8));
  EXPECT_EQ(geometry.own_rows(2, 1), rows(2, 4));
}

TEST(BrrGeometry, AnIntervalIsTheHullOfOwnRowsAndReadersRows) {
  const Graph graph = two_sinks();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 2, 4));
  const BrrGeometry geometry(group, 2);
  // rows 2 and 3 of b read rows 3 to 7 of a; rows 3 to 7 of a read rows 2 to 8 of x
  EXPECT_EQ(geometry.rows(1, 1), rows(3, 8));
  EXPECT_EQ(geometry.rows(0, 1), rows(2, 9));
  EXPECT_EQ(geometry.rows(0, 0), rows(0, 5));
  EXPECT_EQ(geometry.rows(0, 3), rows(10, 16));
  EXPECT_EQ(geometry.longest_rows(0), 7);
  EXPECT_EQ(geometry.longest_rows(1), 5);
  EXPECT_EQ(geometry.longest_rows(2), 2);
}

TEST(BrrGeometry, ALastTileMayBeShorter) {
  const Graph graph = two_sinks();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 3, 3));
  const BrrGeometry geometry(group, 3);
  EXPECT_EQ(geometry.tiles(), 3);
  EXPECT_EQ(geometry.own_rows(1, 2), rows(12, 16));
  EXPECT_EQ(geometry.own_rows(2, 2), rows(6, 8));
}

TEST(BrrGeometry, AFractionalRatioScalesTheSinks) {
  GraphBuilder g("resize");
  const TensorId a = g.conv(g.input({4, 4, 4}), 4, 1);
  g.output(a);
  g.resize(a, 6, 6, Resize{});
  const Graph graph = g.finish();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 1, 2));
  const BrrGeometry geometry(group, 1);
  // cumulative strides 1 and 2/3: their lcm is 2
  EXPECT_EQ(geometry.rows_per_height(1), 2);
  EXPECT_EQ(geometry.rows_per_height(2), 3);
  EXPECT_EQ(geometry.tiles(), 2);
}

TEST(BrrGeometry, DisagreeingRatiosAreABadSchedule) {
  GraphBuilder g("disagree");
  const TensorId x = g.input({4, 4, 4});
  g.add(g.conv(x, ConvSpec{4, square_window(1, 2), 1, true}),
        g.conv(x, ConvSpec{4, square_window(3), 1, true}));
  const Graph graph = g.finish();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 1, 2));
  EXPECT_EQ(tripped_guard([&] { BrrGeometry(group, 1); }), SimulationError::Guard::bad_schedule);
}

TEST(BrrGeometry, APooledMapIsTheSink) {
  GraphBuilder g("gap");
  g.global_avg_pool(g.conv(g.input({4, 6, 4}), 4, 3));
  const Graph graph = g.finish();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 4, 2));
  const BrrGeometry geometry(group, 4);
  EXPECT_FALSE(geometry.is_sink(2));
  EXPECT_EQ(geometry.tiles(), 2);
  EXPECT_EQ(geometry.read_rows(1, 0, 1), rows(4, 6));
  EXPECT_EQ(geometry.rows(0, 1), rows(3, 6));
}

TEST(BrrGeometry, ARowBroadcastVectorMadeInsideIsMadeInEveryTile) {
  GraphBuilder g("gate");
  const TensorId x = g.input({4, 8, 4});
  g.mul(x, g.conv(g.input({4, 1, 1}), 4, 1));
  const Graph graph = g.finish();
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, 4, 2, 4));
  const BrrGeometry geometry(group, 2);
  for (int64_t tile = 0; tile < 4; ++tile) {
    EXPECT_EQ(geometry.rows(2, tile), rows(0, 1)) << tile;
    EXPECT_EQ(geometry.rows(1, tile), rows(0, 1)) << tile;
  }
}

TEST(BrrGeometry, TransposedRowsAreExact) {
  GraphBuilder g("transpose");
  g.conv_transpose(g.input({4, 4, 4}), ConvSpec{4, square_window(3, 2), 1, true});
  const Graph graph = g.finish();  // 9 rows; row r gives rows 2r, 2r + 1 and 2r + 2
  const Op& op = graph.op(0);
  EXPECT_EQ(needed_rows(graph, op, 0, rows(0, 3)), rows(0, 2));
  EXPECT_EQ(needed_rows(graph, op, 0, rows(3, 4)), rows(1, 2));
  EXPECT_EQ(needed_rows(graph, op, 0, rows(8, 9)), rows(3, 4));
}

TEST(BrrGeometry, RowsThatReadPaddingOnlyNeedNothing) {
  GraphBuilder g("padding");
  Window window = square_window(1, 1, 2);
  g.conv(g.input({4, 4, 4}), ConvSpec{4, window, 1, true});
  const Graph graph = g.finish();  // 8 rows, of which 0, 1, 6 and 7 read padding
  EXPECT_TRUE(needed_rows(graph, graph.op(0), 0, rows(0, 2)).empty());
  EXPECT_EQ(needed_rows(graph, graph.op(0), 0, rows(0, 4)), rows(0, 2));
  EXPECT_EQ(needed_rows(graph, graph.op(0), 0, rows(5, 8)), rows(3, 4));
}

}  // namespace
}  // namespace fusesim::hw
