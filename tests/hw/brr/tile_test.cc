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
        transfers_(bench_.memory),
        memory_(machine_, plan_, transfers_),
        loader_(machine_, plan_, memory_, transfers_) {}

  static Graph two_convs() {
    testing::GraphBuilder g("two");
    g.conv(g.conv(g.input({8, 6, 5}), 16, 3), 16, 3);
    return g.finish();
  }
  BrrTile tile(int64_t index) { return {plan_, memory_, index}; }

  Graph graph_ = two_convs();
  BrrBench bench_;
  EngineContext machine_;
  BrrTilePlan plan_;
  BrrTransfers transfers_;
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
  const BrrTilePlan short_halo(graph_, bench_.config.datatypes, bench_.config.pe.rows,
                               whole_graph(graph_, 8, 3, 2, {1}), Fault::tile_halo_short);
  EXPECT_EQ(short_halo.made_rows(1, 0), (RowRange{0, 3}));
  EXPECT_EQ(short_halo.made_rows(1, 1), (RowRange{2, 6}));
}

TEST_F(BrrTileTest, TheNextTileLoadsWhatItAdds) {
  loader_.begin_tile(0);
  EXPECT_EQ(bench_.memory.ifmap_bytes(), 5 * 8 * 5);
  memory_.buffer(0).require(tile(0).rows(0), {0, 8});
  // The storage has 5 rows: row 5 takes the place of row 0, which the second tile does not read.
  loader_.begin_tile(1);
  memory_.buffer(0).require(tile(1).rows(0), {0, 8});
  EXPECT_EQ(tripped_guard([&] {
              memory_.buffer(0).require({0, 1}, {0, 8});
            }),
            SimulationError::Guard::row_not_resident);
  EXPECT_EQ(bench_.memory.ifmap_bytes(), 6 * 8 * 5);
}

TEST_F(BrrTileTest, StepsAreTheSameForAllTiles) {
  // Two slices of the first conv, each a block of 8 of its outputs; each adds to two blocks of the second.
  const auto kinds = [&] {
    std::vector<BrrStep::Kind> all;
    for (const BrrStep& step : plan_.steps()) all.push_back(step.kind);
    return all;
  };
  using Kind = BrrStep::Kind;
  EXPECT_EQ(kinds(),
            (std::vector<Kind>{Kind::reduce, Kind::add, Kind::add, Kind::let_go, Kind::reduce, Kind::add,
                               Kind::add, Kind::let_go, Kind::finish_sums, Kind::store, Kind::end_unit}));
  const std::vector<BrrSubgroup> order =
      weight_order(plan_.group(), bench_.config.datatypes, plan_.steps(), false);
  ASSERT_EQ(order.size(), 6U);
  EXPECT_EQ(order[1].op, 1);
  EXPECT_EQ(order[1].bytes, 8 * 8 * 9 + 8 * 4);  // biases come with the first input channels
  EXPECT_EQ(order[4].offset_bytes, 2 * (8 * 8 * 9 + 8 * 4));
  EXPECT_EQ(order[4].inputs, (ChannelRange{8, 16}));
}

/// Two convolutions with the same weights, the second over slices of the first.
TEST(BrrWeightOrder, ResidentWeightsOfSeveralOpsComeWholeWithTheFirst) {
  testing::GraphBuilder g("two");
  g.conv(g.conv(g.input({8, 6, 5}), 8, 3), 8, 3);
  Graph graph = g.finish();
  graph.ops[1].parameters_of = 0;
  const BrrBench bench(graph);
  const Datatypes& types = bench.config.datatypes;
  const BrrTilePlan plan(graph, types, bench.config.pe.rows, whole_graph(graph, 4, 3, 2, {1}));
  const int64_t weights = 8 * 8 * 9 + 8 * 4;
  for (const bool resident : {true, false}) {
    int64_t bytes = 0;
    for (const BrrSubgroup& s : weight_order(plan.group(), types, plan.steps(), resident)) {
      EXPECT_EQ(s.from, resident ? 0 : s.op);
      EXPECT_TRUE(!resident || s.bytes == (bytes == 0 ? weights : 0));
      bytes += s.bytes;
    }
    EXPECT_EQ(bytes, resident ? weights : 2 * weights);
  }
  EXPECT_EQ(plan.storage().weight_bytes, weights);
}

}  // namespace
}  // namespace fusesim::hw
