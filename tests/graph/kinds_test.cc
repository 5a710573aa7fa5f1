#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "fusesim/base/error.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

using testing::GraphBuilder;
using ::testing::HasSubstr;

std::string error_of(Graph graph) {
  try {
    graph.finish();
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

Graph one(const std::function<void(GraphBuilder&)>& build) {
  GraphBuilder b("one");
  build(b);
  return b.finish();
}

TEST(Kinds, TheTableFollowsTheEnumeration) {
  for (size_t i = 0; i < kOpKinds.size(); ++i) EXPECT_EQ(static_cast<size_t>(kOpKinds[i]), i);
}

TEST(Kinds, MixingChannelsHasToBeGivenWholeGroups) {
  Graph g = one([](GraphBuilder& b) { b.norm(b.input({6, 4, 4}), 3); });
  g.ops[0].groups = 4;
  EXPECT_THAT(error_of(g), HasSubstr("expected groups that divide 6 channels, got 4"));
  g = one([](GraphBuilder& b) { b.channel_shuffle(b.input({12, 4, 4}), 3, 2); });
  EXPECT_EQ(error_of(g), "");
  g.ops[0].channel_block = 3;
  EXPECT_THAT(error_of(g), HasSubstr("expected groups of whole blocks of channels"));
}

TEST(Kinds, BlocksHaveToFit) {
  Graph g = one([](GraphBuilder& b) { b.space_to_depth(b.input({3, 4, 6}), 2); });
  EXPECT_EQ(g.out_shape(g.op(0)), (Shape{12, 2, 3}));
  g.ops[0].block.size = 3;
  EXPECT_THAT(error_of(g), HasSubstr("blocks of 3 do not turn (3,4,6) into (12,2,3)"));
  g = one([](GraphBuilder& b) { b.depth_to_space(b.input({12, 2, 3}), 2); });
  EXPECT_EQ(g.out_shape(g.op(0)), (Shape{3, 4, 6}));
  g.ops[0].resize.mode = ResizeMode::linear;
  EXPECT_THAT(error_of(g), HasSubstr("expected rows to be read in blocks"));
}

TEST(Kinds, OnlyACropMayHaveNegativePads) {
  Window w;
  w.pad_top = -2;
  w.pad_right = 1;
  Graph g = one([&w](GraphBuilder& b) { b.crop(b.input({3, 8, 8}), w); });
  EXPECT_EQ(g.out_shape(g.op(0)), (Shape{3, 6, 9}));
  g.ops[0].kind = OpKind::max_pool;
  EXPECT_THAT(error_of(g), HasSubstr("pads from 0"));
}

/// Two heads: 4 channels of a head times 15 columns of 4, at 6 positions.
TEST(Kinds, AMatmulCountsItsProducts) {
  Graph g = one([](GraphBuilder& b) {
    const TensorId x = b.input({8, 3, 2});
    b.matmul(x, b.input({8, 5, 3}), 2);
  });
  EXPECT_EQ(g.out_shape(g.op(0)), (Shape{30, 3, 2}));
  EXPECT_EQ(mac_count(g, g.op(0)), 2 * 4 * 15 * 6);
  EXPECT_TRUE(reads_every_row(g, g.op(0), 1));
  EXPECT_FALSE(reads_every_row(g, g.op(0), 0));
  g.tensors[1].shape.w = 4;
  EXPECT_THAT(error_of(g), HasSubstr("a matrix of (8,5,4) does not turn (8,3,2) into (30,3,2)"));
}

/// Two heads, at 6 positions: 3 x 4 times 4 x 5.
TEST(Kinds, APositionMatmulCountsItsProducts) {
  Graph g = one([](GraphBuilder& b) {
    const TensorId x = b.input({2 * 3 * 4, 3, 2});
    b.position_matmul(x, b.input({2 * 4 * 5, 3, 2}), 2, 4);
  });
  EXPECT_EQ(g.out_shape(g.op(0)), (Shape{2 * 3 * 5, 3, 2}));
  EXPECT_EQ(mac_count(g, g.op(0)), 6 * 2 * 3 * 4 * 5);
  EXPECT_FALSE(reads_every_row(g, g.op(0), 1));
  g.ops[0].channel_block = 6;
  EXPECT_THAT(error_of(g), HasSubstr("expected sums that divide 12 and 20 channels of a group, got 6"));
  g.ops[0].channel_block = 2;
  EXPECT_THAT(error_of(g), HasSubstr("expected output shape (120,3,2), got (30,3,2)"));
}

TEST(Kinds, ANormalisedMapTakesItsMoments) {
  Graph g = one([](GraphBuilder& b) {
    const TensorId x = b.input({8, 3, 2});
    b.eltwise(EltwiseKind::normalise, {x, b.moments(x, 2)});
  });
  EXPECT_EQ(g.out_shape(g.op(0)), (Shape{8, 1, 2}));
  g.ops[1].eltwise = EltwiseKind::mul;
  EXPECT_THAT(error_of(g), HasSubstr("does not broadcast"));
}

}  // namespace
}  // namespace fusesim
