#include "units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using ::testing::ElementsAre;
using testing::GraphBuilder;
using testing::square_window;

/// The slices of a unit, "t2[0,8)" each.
std::vector<std::string> slices(const BrrUnit& unit) {
  std::vector<std::string> all;
  for (const BrrSlice& s : unit.slices) {
    all.push_back((s.passed_by < 0 ? "t" : "unread t") + std::to_string(s.tensor) + "[" +
                  std::to_string(s.channels.first) + "," + std::to_string(s.channels.last) + ")");
  }
  return all;
}

std::vector<BrrUnit> units_of(const Graph& graph, int64_t g, const std::vector<TensorId>& sliced) {
  const BrrGroup group = view_tiled_group(graph, whole_graph(graph, g, 1, 1, sliced));
  return brr_units(group);
}

TEST(BrrUnits, SlicesChangeAtConcatBoundaries) {
  GraphBuilder g("fire");
  const TensorId s = g.conv(g.input({64, 8, 4}), 16, 1);
  g.concat({g.conv(s, 12, 1), g.conv(s, 10, 3)});
  const Graph graph = g.finish();
  const std::vector<BrrUnit> units = units_of(graph, 8, {2, 3, 4});
  ASSERT_EQ(units.size(), 2U);
  EXPECT_FALSE(units[0].sliced);
  EXPECT_THAT(units[1].ops, ElementsAre(1, 2, 3));
  EXPECT_THAT(slices(units[1]), ElementsAre("t4[0,8)", "t4[8,12)", "t4[12,20)", "t4[20,22)"));
}

TEST(BrrUnits, AReductionOverSlicesIsCutAlongItsInput) {
  GraphBuilder g("reduce");
  g.conv(g.activation(g.conv(g.input({8, 4, 4}), 20, 1), "Relu"), 6, 1);
  const Graph graph = g.finish();
  const std::vector<BrrUnit> units = units_of(graph, 8, {1, 2});
  ASSERT_EQ(units.size(), 1U);
  EXPECT_EQ(units[0].root, 2);
  EXPECT_THAT(slices(units[0]), ElementsAre("t2[0,8)", "t2[8,16)", "t2[16,20)"));
}

TEST(BrrUnits, ADepthwiseMultiplierKeepsItsChannelsTogether) {
  GraphBuilder g("multiplier");
  g.conv(g.conv(g.input({8, 4, 4}), 5, 1), ConvSpec{15, square_window(3, 1, 1), 5, true});
  const Graph graph = g.finish();
  EXPECT_THAT(slices(units_of(graph, 8, {1, 2})[0]), ElementsAre("t2[0,6)", "t2[6,12)", "t2[12,15)"));
}

TEST(BrrUnits, AnOperandThatIsTakenTwiceIsMadeOnce) {
  GraphBuilder g("twice");
  const TensorId t = g.conv(g.input({8, 4, 4}), 16, 1);
  g.concat({t, t});
  const Graph graph = g.finish();
  EXPECT_THAT(slices(units_of(graph, 8, {1, 2})[0]),
              ElementsAre("t2[0,8)", "t2[16,24)", "t2[8,16)", "t2[24,32)"));
}

TEST(BrrUnits, ChannelsThatNobodyReadsPassThrough) {
  GraphBuilder g("cut");
  g.channel_slice(g.conv(g.input({8, 4, 4}), 20, 1), 4, 10);
  const Graph graph = g.finish();
  EXPECT_THAT(slices(units_of(graph, 8, {1, 2})[0]),
              ElementsAre("unread t1[0,4)", "t2[0,8)", "t2[8,10)", "unread t1[14,20)"));
}

TEST(BrrUnits, TreesRunInTheOrderOfTheirRoots) {
  GraphBuilder g("order");
  const TensorId x = g.input({8, 4, 4});
  const TensorId a = g.activation(x, "Relu");  // op 0, SLICE, read by the root op 3
  const TensorId b = g.conv(x, 8, 3);          // op 1, FULL: two readers
  const TensorId c = g.conv(b, 8, 3);          // op 2
  g.eltwise(EltwiseKind::add, {a, b, c});      // op 3
  const Graph graph = g.finish();
  const std::vector<BrrUnit> units = units_of(graph, 8, {1, 3, 4});
  ASSERT_EQ(units.size(), 2U);
  EXPECT_EQ(units[0].root, 1);
  EXPECT_THAT(units[1].ops, ElementsAre(0, 2, 3));
}

TEST(BrrUnits, PiecesCoverAllChannels) {
  const std::vector<ChannelRange> pieces = cut_channels(20, {3, 12}, 5);
  EXPECT_THAT(pieces, ElementsAre(ChannelRange{0, 3}, ChannelRange{3, 8}, ChannelRange{8, 12},
                                  ChannelRange{12, 17}, ChannelRange{17, 20}));
}

}  // namespace
}  // namespace fusesim::hw
