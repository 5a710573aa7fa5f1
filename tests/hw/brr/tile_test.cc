#include "tile.h"

#include <gtest/gtest.h>

#include "brr_bench.h"
#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"
#include "testing/guard.h"
#include "tile_loader.h"

namespace fusesim::hw {
namespace {

/// conv 3x3 8 -> 16 on 6 rows, twice, in two tiles of 3 rows; tensors 0, 1, 2, of which 1 is made in slices.
class BrrTileTest : public ::testing::Test {
 protected:
  BrrTileTest()
      : bench_(graph_),
        machine_(bench_.context()),
        plan_(graph_, bench_.config.datatypes, bench_.config.pe.rows, whole_graph(graph_, 8, 3, 2, {1})),
        memory_(machine_, plan_),
        loader_(machine_) {}

  static Graph two_convs() {
    testing::GraphBuilder g("two");
    g.conv(g.conv(g.input({8, 6, 5}), 16, 3), 16, 3);
    return g.finish();
  }
  BrrTile tile(int64_t index, Fault fault = Fault::none) { return {plan_, memory_, fault, index}; }

  Graph graph_ = two_convs();
  BrrBench bench_;
  EngineContext machine_;
  BrrTilePlan plan_;
  BrrTileMemory memory_;
  BrrTileLoader loader_;
};

TEST_F(BrrTileTest, KnowsItsRows) {
  // 3 own rows, one more on the inside for the second conv, another for the first
  EXPECT_EQ(tile(0).rows(2), (RowRange{0, 3}));
  EXPECT_EQ(tile(0).rows(1), (RowRange{0, 4}));
  EXPECT_EQ(tile(0).rows(0), (RowRange{0, 5}));
  EXPECT_EQ(tile(1).rows(1), (RowRange{2, 6}));
  EXPECT_EQ(tile(0).made_rows(1), (RowRange{0, 4}));
  EXPECT_EQ(tile(0, Fault::tile_halo_short).made_rows(1), (RowRange{0, 3}));
  EXPECT_EQ(tile(1, Fault::tile_halo_short).made_rows(1), (RowRange{2, 6}));
}

TEST_F(BrrTileTest, TwoAtOnceHoldTheirOwnSlices) {
  BrrTile first = tile(0);
  BrrTile second = tile(1);
  EXPECT_EQ(first.make(1, {0, 8}), 0);
  EXPECT_EQ(second.make(1, {8, 16}), 0);
  EXPECT_EQ(first.held(1, -1), (ChannelRange{0, 8}));
  EXPECT_EQ(second.held(1, -1), (ChannelRange{8, 16}));
  EXPECT_EQ(first.make(1, {4, 12}), 4);  // half of them were made before
  first.channels_left(0) -= 8;
  first.drop_slices();
  EXPECT_TRUE(first.held(1, -1).empty());
  EXPECT_EQ(second.held(1, -1), (ChannelRange{8, 16}));
  EXPECT_EQ(first.channels_left(0), 8);
  EXPECT_EQ(second.channels_left(0), 16);
}

TEST_F(BrrTileTest, TheNextTileLoadsWhileTheOneBeforeStands) {
  const BrrTile first = tile(0);
  const BrrTile second = tile(1);
  loader_.fetch_full_tensors(first);
  EXPECT_EQ(memory_.fetched_rows(0), 5);
  memory_.buffer(0).require(first.rows(0), {0, 8});
  // The storage has 5 rows: row 5 takes the place of row 0, which the second tile does not read.
  loader_.fetch_full_tensors(second);
  EXPECT_EQ(memory_.fetched_rows(0), 6);
  memory_.buffer(0).require(second.rows(0), {0, 8});
  EXPECT_EQ(tripped_guard([&] {
              memory_.buffer(0).require({0, 1}, {0, 8});
            }),
            SimulationError::Guard::row_not_resident);
  EXPECT_EQ(bench_.memory.ifmap_bytes(), 6 * 8 * 5);
}

}  // namespace
}  // namespace fusesim::hw
