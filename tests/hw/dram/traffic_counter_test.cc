#include "dram/traffic_counter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/small_graph.h"

namespace fusesim::hw {
namespace {

using testing::ElementsAre;

TEST(TrafficCounter, AddsPiecesPerKindRowAndOp) {
  const Graph graph = small_graph();
  TrafficCounter counter(graph);
  counter.begin_group({0, 1});
  counter.count_row(TransferKind::ifmap, 0, 2, 10);
  counter.count_row(TransferKind::ifmap, 0, 2, 5);
  counter.count_row(TransferKind::ifmap, 0, 0, 1);
  counter.count_row(TransferKind::ofmap, 2, 1, 7);
  counter.count_weights(1, 100);
  counter.count_weights(1, 11);
  GroupResult result;
  counter.report(result);
  EXPECT_EQ(result.payload, (Traffic{16, 7, 111}));
  ASSERT_EQ(result.ifmaps.size(), 1U);
  EXPECT_EQ(result.ifmaps[0].tensor, 0);
  EXPECT_THAT(result.ifmaps[0].row_bytes, ElementsAre(1, 0, 15));
  ASSERT_EQ(result.ofmaps.size(), 1U);
  EXPECT_EQ(result.ofmaps[0].tensor, 2);
  EXPECT_THAT(result.ofmaps[0].row_bytes, ElementsAre(0, 7, 0));
  EXPECT_THAT(result.weight_bytes, ElementsAre(0, 111));
}

TEST(TrafficCounter, OpsHaveWhatMovesForThem) {
  const Graph graph = small_graph();
  TrafficCounter counter(graph);
  counter.begin_group({0, 1});
  counter.count_row(TransferKind::ifmap, graph.op(0).inputs.front(), 0, 10, {2, 1});
  counter.count_row(TransferKind::ofmap, graph.op(1).output(), 0, 7, {1, 1});
  counter.count_weights(1, 100, {3, 0});
  counter.count_weights(1, 20, {1, 1});
  GroupResult result;
  counter.report(result);
  ASSERT_EQ(result.ops.size(), 2U);
  EXPECT_EQ(result.ops[0].payload, (Traffic{10, 0, 0}));
  EXPECT_EQ(result.ops[0].bursts, 2);
  EXPECT_EQ(result.ops[0].row_hits, 1);
  EXPECT_EQ(result.ops[1].payload, (Traffic{0, 7, 120}));
  EXPECT_EQ(result.ops[1].bursts, 5);
  EXPECT_EQ(result.ops[1].row_hits, 2);
}

TEST(TrafficCounter, ForgetsTheGroupBefore) {
  const Graph graph = small_graph();
  TrafficCounter counter(graph);
  counter.begin_group({0});
  counter.count_row(TransferKind::ifmap, 0, 2, 10);
  counter.count_weights(0, 3);
  counter.begin_group({1});
  GroupResult result;
  counter.report(result);
  EXPECT_EQ(result.payload, Traffic());
  EXPECT_TRUE(result.ifmaps.empty());
  EXPECT_THAT(result.weight_bytes, ElementsAre(0));
}

TEST(TrafficCounter, WeightsOfTheNextGroupCountForIt) {
  const Graph graph = small_graph();
  TrafficCounter counter(graph);
  counter.begin_group({0}, {1});
  counter.count_weights(0, 3);
  counter.count_weights(1, 5);
  GroupResult result;
  counter.report(result);
  EXPECT_EQ(result.payload.weight_bytes, 3);
  counter.begin_group({1});
  counter.count_weights(1, 4);
  counter.report(result);
  EXPECT_EQ(result.payload.weight_bytes, 9);
  EXPECT_THAT(result.weight_bytes, ElementsAre(9));
}

TEST(TrafficCounter, WeightsOfAForeignOpShowInTheTotal) {
  const Graph graph = small_graph();
  TrafficCounter counter(graph);
  counter.begin_group({0});
  counter.count_weights(1, 9);
  GroupResult result;
  counter.report(result);
  EXPECT_EQ(result.payload.weight_bytes, 9);
  EXPECT_THAT(result.weight_bytes, ElementsAre(0));
}

}  // namespace
}  // namespace fusesim::hw
