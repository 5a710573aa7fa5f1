#include <gtest/gtest.h>

#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/whole_graph.h"

namespace fusesim {
namespace {

using testing::finish;
using testing::GraphBuilder;
using testing::whole;

CostParams small_array() {
  CostParams p;
  p.pe_rows = 4;
  p.slice_channels = {4, 2, 1};
  return p;
}

TEST(Brr, OneConvByHand) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 16, 10});
  const TensorId y = b.conv(x, 8, 3);
  const Graph g = finish(b, {y});
  const testing::CostModel cost(g, small_array());
  const int64_t weights = 8 * 8 * 9 + 8 * 4;
  // Tiles, g = 1: three rows of the input, one row of one channel in partial sums (8 inputs on 4 PE rows),
  // and a sub-group of 4 x 1 x 9 weights with one bias. Weight passes with k = 1 need (72 + 4) + 3 * 80 + 10
  // = 326.
  EXPECT_EQ(cost.brr_f_beta(whole(g)), 3 * 80 + 10 * 4 + (4 * 9 + 4));
  const std::optional<BrrCost> best = cost.brr_least_buffer(whole(g), 100000);
  ASSERT_TRUE(best.has_value());
  EXPECT_EQ(best->traffic, (Traffic{int64_t{8} * 160, int64_t{8} * 160, weights}));
  // One pass with everything resident beats tiles on buffer: both move the same and count one tile.
  EXPECT_EQ(best->mode, GroupMode::brr_passes);
  EXPECT_EQ(best->buffer_bytes, weights + (3 * 80 + 80));
  EXPECT_FALSE(cost.brr(whole(g), cost.brr_f_beta(whole(g))).has_value());
  EXPECT_TRUE(cost.brr(whole(g), cost.brr_f_beta(whole(g)) + 1).has_value());
}

TEST(Brr, TwoConvsByHand) {
  GraphBuilder b("net");
  const TensorId x = b.input({4, 16, 10});
  const TensorId t = b.conv(x, 8, 3);
  const TensorId y = b.conv(t, 4, 3);
  const Graph g = finish(b, {y});
  CostParams p = small_array();
  p.slice_channels = {4};
  const testing::CostModel cost(g, p);
  // start = full, h = 1: y makes 1 row (accumulating: 4 channels at 4 bytes), t 3 rows of a slice of 4, x 5
  // rows.
  const int64_t full = 4 * 5 * 10 + 4 * 3 * 10 + 4 * 1 * 10 * 4;
  // start = slice: x 4 of 4 channels, t FULL: 8 channels and their partial sums, y a slice of 4, sub-groups
  // of 8 > 4 inputs.
  const int64_t slice = 4 * 5 * 10 + 8 * 3 * 10 * 4 + 4 * 10 * 4;
  const int64_t sub_group = 4 * 4 * 9 + 4 * 4;
  EXPECT_EQ(cost.brr_f_beta(whole(g)), std::min(full, slice) + sub_group);
}

TEST(Brr, DoubleBuffersByHand) {
  GraphBuilder b("net");
  const TensorId x = b.input({4, 16, 10});
  const TensorId t = b.conv(x, 8, 3);
  const TensorId y = b.conv(t, 4, 3);
  const Graph g = finish(b, {y});
  CostParams p = small_array();
  p.slice_channels = {4};
  const int64_t sub_group = 4 * 4 * 9 + 4 * 4;
  // start = full, h = 1: x has 5 rows, and each tile adds one; start = slice: two slices of 5 rows.
  const int64_t made = 4 * 3 * 10 + 4 * 1 * 10 * 4;
  p.double_buffer = DoubleBuffer::weights;
  EXPECT_EQ(testing::CostModel(g, p).brr_f_beta(whole(g)), int64_t{4} * 5 * 10 + made + 2 * sub_group);
  p.double_buffer = DoubleBuffer::all;
  EXPECT_EQ(testing::CostModel(g, p).brr_f_beta(whole(g)), int64_t{4} * 6 * 10 + made + 2 * sub_group);
  // One tile adds nothing to the one before.
  const std::optional<BrrCost> roomy = testing::CostModel(g, p).brr_least_buffer(whole(g), 1 << 20);
  ASSERT_TRUE(roomy.has_value());
  EXPECT_EQ(roomy->schedule.tiles, 1);
  EXPECT_EQ(roomy->schedule.double_buffer, DoubleBuffer::all);
  // x whole, t in slices of 4, y whole with its sums; in one tile streamed weights come once as well
  EXPECT_EQ(roomy->buffer_bytes, 640 + 640 + 4 * 640 + 2 * sub_group);
}

TEST(Brr, WeightPassesHaveRoomForTwoBlocks) {
  GraphBuilder b("net");
  const Graph g = finish(b, {b.conv(b.input({8, 16, 10}), 12, 3)});
  CostParams p = small_array();
  p.slice_channels = {4};
  p.double_buffer = DoubleBuffer::weights;
  const int64_t per_output = 8 * 9 + 4;
  const int64_t rows = 3 * 80 + 4 * 10;
  // k = 4: two of three blocks
  const std::optional<BrrCost> two = testing::CostModel(g, p).brr(whole(g), 8 * per_output + rows + 1);
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->schedule.double_buffer, DoubleBuffer::weights);
  // k = 8: the second block is smaller, so both are all weights.
  const std::optional<BrrCost> all = testing::CostModel(g, p).brr(whole(g), 12 * per_output + (3 * 80 + 81));
  ASSERT_TRUE(all.has_value());
  EXPECT_EQ(all->mode, GroupMode::brr_passes);
  EXPECT_EQ(all->buffer_bytes, 12 * per_output + (3 * 80 + 80));
}

TEST(Brr, StreamedWeightsAreFetchedOncePerTile) {
  GraphBuilder b("net");
  const TensorId x = b.input({4, 16, 10});
  const TensorId t = b.conv(x, 8, 3);
  const TensorId y = b.conv(t, 4, 3);
  const Graph g = finish(b, {y});
  const testing::CostModel cost(g, small_array());
  const int64_t weights = 2 * 4 * 8 * 9 + 12 * 4;
  const std::optional<BrrCost> tight = cost.brr(whole(g), cost.brr_f_beta(whole(g)) + 1);
  ASSERT_TRUE(tight.has_value());
  EXPECT_FALSE(tight->schedule.weights_resident);
  EXPECT_EQ(tight->schedule.tiles, 16);
  EXPECT_EQ(tight->traffic.weight_bytes, 16 * weights);
  const std::optional<BrrCost> roomy = cost.brr(whole(g), 1 << 20);
  ASSERT_TRUE(roomy.has_value());
  EXPECT_EQ(roomy->traffic, (Traffic{int64_t{4} * 160, int64_t{4} * 160, weights}));
  EXPECT_EQ(roomy->schedule.tiles, 1);
}

/// Resident weights that two convolutions share are there once; streamed ones come for each.
TEST(Brr, SharedWeightsAreResidentOnceAndStreamedForEach) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 16, 10});
  Graph g = finish(b, {b.conv(b.conv(x, 8, 3), 8, 3)});
  const int64_t weights = 8 * 8 * 9 + 8 * 4;
  const int64_t apart = testing::CostModel(g, small_array()).brr_f_beta(whole(g));
  g.ops[1].parameters_of = 0;
  const testing::CostModel cost(g, small_array());
  EXPECT_EQ(cost.brr_f_beta(whole(g)), apart);
  const std::optional<BrrCost> tight = cost.brr(whole(g), apart + 1);
  ASSERT_TRUE(tight.has_value());
  EXPECT_FALSE(tight->schedule.weights_resident);
  EXPECT_EQ(tight->traffic.weight_bytes, 16 * 2 * weights);
  const std::optional<BrrCost> roomy = cost.brr(whole(g), 1 << 20);
  ASSERT_TRUE(roomy.has_value());
  EXPECT_TRUE(roomy->schedule.weights_resident);
  EXPECT_EQ(roomy->traffic, (Traffic{int64_t{8} * 160, int64_t{8} * 160, weights}));
}

/// Two sub-groups of one convolution each are more than the weights that both share.
TEST(Brr, RoomForTwoSubGroupsIsNoMoreThanAllSharedWeights) {
  GraphBuilder b("net");
  const TensorId x = b.input({1, 16, 10});
  Graph g = finish(b, {b.conv(b.conv(x, 1, 1), 1, 1)});
  CostParams p = small_array();
  p.double_buffer = DoubleBuffer::weights;
  const int64_t apart = testing::CostModel(g, p).brr_f_beta(whole(g));
  g.ops[1].parameters_of = 0;
  EXPECT_EQ(testing::CostModel(g, p).brr_f_beta(whole(g)), apart - (1 + 4));
}

/// What is resident stays for the next image; what is streamed comes again in each.
TEST(Brr, ImagesComeOneByOneAndResidentWeightsOnce) {
  GraphBuilder b("net");
  const TensorId x = b.input({4, 16, 10});
  Graph g = finish(b, {b.conv(b.conv(x, 8, 3), 4, 3)});
  g.batch = 3;
  const testing::CostModel cost(g, small_array());
  const int64_t weights = 2 * 4 * 8 * 9 + 12 * 4;
  const std::optional<BrrCost> tight = cost.brr(whole(g), cost.brr_f_beta(whole(g)) + 1);
  ASSERT_TRUE(tight.has_value());
  EXPECT_EQ(tight->traffic.weight_bytes, 3 * 16 * weights);
  const std::optional<BrrCost> roomy = cost.brr(whole(g), 1 << 20);
  ASSERT_TRUE(roomy.has_value());
  EXPECT_EQ(roomy->traffic, (Traffic{int64_t{3} * 4 * 160, int64_t{3} * 4 * 160, weights}));
}

/// In two passes the first block comes again for every image, in one pass the weights stay.
TEST(Brr, WeightPassesFetchTheirBlocksForEveryImage) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 16, 10});
  Graph g = finish(b, {b.conv(x, 8, 3)});
  g.batch = 3;
  const testing::CostModel cost(g, small_array());
  const int64_t per_output = 8 * 9 + 4;
  const int64_t features = 3 * 8 * 160;
  const std::optional<BrrCost> two = cost.brr(whole(g), 4 * per_output + (3 * 80 + 40) + 1);
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(two->mode, GroupMode::brr_passes);
  EXPECT_EQ(two->traffic, (Traffic{2 * features, features, 3 * 8 * per_output}));
  const std::optional<BrrCost> one = cost.brr(whole(g), 8 * per_output + (3 * 80 + 80) + 1);
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(one->traffic, (Traffic{features, features, 8 * per_output}));
}

TEST(Brr, SqueezeAndExciteIsIllegal) {
  GraphBuilder b("net");
  const TensorId map = b.conv(b.input({8, 20, 20}), 8, 3);
  const TensorId fc = b.conv(b.global_avg_pool(map), 8, 1);
  const Graph g = finish(b, {b.mul(map, fc)});
  const testing::CostModel cost(g, CostParams{});
  EXPECT_EQ(cost.brr_f_beta(whole(g)), kNeverFits);
  EXPECT_NE(cost.brr_illegal_reason(whole(g)), "");
  EXPECT_FALSE(cost.brr(whole(g), int64_t{1} << 40).has_value());
}

TEST(Brr, RatiosThatDisagreeAreIllegal) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId a = b.conv(x, 8, 3, 2);
  const TensorId c = b.conv(x, {8, testing::square_window(11)});
  const Graph g = finish(b, {b.add(a, c)});
  EXPECT_NE(testing::CostModel(g, CostParams{}).brr_illegal_reason(whole(g)), "");
}

TEST(Brr, MapsOfSeveralThousandRowsAgreeWithSmallOnes) {
  // The same chain on 40 and 4000 rows: inner tiles repeat, so streamed halo rows grow with the number of
  // tiles.
  const auto streamed = [](int64_t rows) {
    GraphBuilder b("net");
    const TensorId x = b.input({16, rows, 4});
    const Graph g = finish(b, {b.conv(b.conv(x, 4, 3), 4, 3)});
    const testing::CostModel cost(g, small_array());
    const std::optional<BrrCost> best = cost.brr(whole(g), cost.brr_f_beta(whole(g)) + 1);
    return best->schedule.tile_rows == 1 && best->schedule.start == BrrStart::slice
               ? best->traffic.ifmap_bytes
               : int64_t{-1};
  };
  // Every tile reads five rows; the first and the last two read one or two fewer.
  EXPECT_EQ(streamed(40), (40 * 5 - 2 * (2 + 1)) * 64);
  EXPECT_EQ(streamed(4000), (4000 * 5 - 2 * (2 + 1)) * 64);
}

}  // namespace
}  // namespace fusesim
