#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "fusesim/testing/cost_model.h"
#include "fusesim/testing/whole_graph.h"
#include "rings_of.h"

namespace fusesim {
namespace {

using testing::finish;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::rings;
using testing::square_window;
using testing::whole;

TEST(MixingRings, AShuffleReadsOneRowAndANormWorksInPlace) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 20});
  const TensorId c = b.conv(x, 12, 1);
  const TensorId s = b.channel_shuffle(c, 3);
  const TensorId d = b.conv(s, 12, 3);
  const TensorId n = b.norm(d);
  const Graph g = finish(b, {n});
  const std::map<TensorId, int64_t> expected{{x, 1}, {c, 1}, {s, 3}, {n, 1}};
  EXPECT_EQ(rings(g), expected);
}

TEST(MixingRings, SquaresAreRowsInBlocks) {
  GraphBuilder b("net");
  const TensorId x = b.input({3, 24, 24});
  const TensorId deep = b.space_to_depth(x, 4);
  const TensorId c = b.conv(deep, 16, 1);
  const TensorId wide = b.depth_to_space(c, 4);
  const Graph g = finish(b, {wide});
  const std::map<TensorId, int64_t> expected{{x, 4}, {deep, 1}, {c, 1}, {wide, 1}};
  EXPECT_EQ(rings(g), expected);
}

/// The first row of scores needs all keys, for which all of x has passed; the queries still want it.
TEST(MixingRings, TheMatrixOfAMatmulIsKeptWhole) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 6, 1});
  const TensorId q = b.conv(x, 4, 1);
  const TensorId k = b.conv(x, 4, 1);
  const TensorId scores = b.matmul(q, k);
  const Graph g = finish(b, {scores});
  const std::map<TensorId, int64_t> expected{{x, 6}, {q, 1}, {k, 6}, {scores, 1}};
  EXPECT_EQ(rings(g), expected);
}

/// Rows of windows go by: nothing is kept beyond the four rows of a square.
TEST(MixingRings, AttentionInsideSquaresKeepsOneRowOfThem) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 16, 16});
  const TensorId q = b.space_to_depth(b.conv(x, 4, 1), 4);
  const TensorId k = b.space_to_depth(b.conv(x, 4, 1), 4);
  const TensorId scores = b.position_matmul(q, k, 2, 2);
  const Graph g = finish(b, {scores});
  EXPECT_EQ(g.tensor(scores).shape, (Shape{2 * 16 * 16, 4, 4}));
  for (const auto& [tensor, rows] : rings(g)) EXPECT_LE(rows, 4) << tensor;
  EXPECT_EQ(rings(g).at(scores), 1);
}

TEST(MixingRings, AMapIsKeptUntilItsMomentsAreThere) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 6, 5});
  const TensorId m = b.moments(x, 2);
  const TensorId y = b.eltwise(EltwiseKind::normalise, {x, m});
  const Graph g = finish(b, {y});
  const std::map<TensorId, int64_t> expected{{x, 6}, {m, 1}, {y, 1}};
  EXPECT_EQ(rings(g), expected);
  const int64_t partial_sum_bytes = CostParams{}.datatypes.partial_sum_bytes;
  EXPECT_EQ(testing::CostModel(g, CostParams{}).lbdf_f_beta(whole(g)),
            int64_t{8} * 5 * (6 + 1) + int64_t{8} * 2 * partial_sum_bytes);
}

TEST(MixingTiles, WhatAShuffleReadsAndMakesHasAllChannels) {
  CostParams params;
  params.slice_channels = {2};
  GraphBuilder b("net");
  const TensorId x = b.input({8, 20, 10});
  const TensorId s = b.channel_shuffle(x, 4);
  const Graph g = finish(b, {s});
  // One row of both; a copy that slices would do with 2 channels of each.
  EXPECT_EQ(testing::CostModel(g, params).brr_f_beta(whole(g)), 2 * 8 * 10);
}

TEST(MixingTiles, ANormHasAllItsParametersAtOnce) {
  CostParams params;
  params.slice_channels = {2};
  GraphBuilder b("net");
  const TensorId n = b.norm(b.input({8, 20, 10}), 1, true, true);
  const Graph g = finish(b, {n});
  const Datatypes& types = params.datatypes;
  EXPECT_EQ(testing::CostModel(g, params).brr_f_beta(whole(g)),
            int64_t{2} * 8 * 10 + 8 * (types.weight_bytes + types.bias_bytes));
}

TEST(MixingTiles, TheMatrixOfAMatmulComesFromOutside) {
  GraphBuilder b("net");
  const TensorId x = b.input({8, 6, 1});
  const TensorId q = b.conv(x, 4, 1);
  const TensorId k = b.conv(x, 4, 1);
  const TensorId scores = b.matmul(q, k);
  const Graph g = finish(b, {scores});
  const testing::CostModel cost(g, CostParams{});
  EXPECT_EQ(cost.brr_illegal_reason({0, 2}), "");
  EXPECT_THAT(cost.brr_illegal_reason({0, 1, 2}), HasSubstr("has to come from outside the group"));
}

}  // namespace
}  // namespace fusesim
