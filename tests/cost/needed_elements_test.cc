#include "fusesim/cost/needed_elements.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"

namespace fusesim {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

int64_t needed_of_input(const Graph& graph) { return needed_elements(graph).front(); }

TEST(NeededElements, AStrideStepsOverRowsAndColumns) {
  GraphBuilder b("stride");
  b.conv(b.input({4, 10, 12}), ConvSpec{8, square_window(1, 3)});
  EXPECT_EQ(needed_of_input(b.finish()), 4 * 4 * 4);  // rows 0, 3, 6, 9; columns 0, 3, 6, 9
}

TEST(NeededElements, WhatLiesBeyondTheLastWindowIsNotNeeded) {
  GraphBuilder b("pool");
  b.max_pool(b.input({4, 9, 11}), square_window(2, 2));
  EXPECT_EQ(needed_of_input(b.finish()), 4 * 8 * 10);
}

TEST(NeededElements, ADilatedWindowStepsOverRows) {
  GraphBuilder b("dilated");
  b.max_pool(b.input({2, 7, 7}), square_window(3, 1, 0, 3));  // one output; rows 0, 3, 6
  EXPECT_EQ(needed_of_input(b.finish()), 2 * 3 * 3);
}

TEST(NeededElements, ChainsOfOpsPassNeedsOn) {
  GraphBuilder b("chain");
  // 3x3 on 12x12 without padding gives 10x10, of which a 1x1 stride 9 takes rows 0 and 9: rows 0..2 and
  // 9..11.
  const TensorId t = b.conv(b.input({3, 12, 12}), ConvSpec{4, square_window(3)});
  b.conv(t, ConvSpec{4, square_window(1, 9)});
  EXPECT_EQ(needed_of_input(b.finish()), 3 * 6 * 6);
}

TEST(NeededElements, TheReaderThatTakesMostCounts) {
  GraphBuilder b("readers");
  const TensorId x = b.input({4, 10, 10});
  b.conv(x, ConvSpec{4, square_window(1, 3)});
  b.max_pool(x, square_window(2, 2));
  EXPECT_EQ(needed_of_input(b.finish()), 4 * 10 * 10);
}

TEST(NeededElements, ChannelsThatNobodyTakesAreNotNeeded) {
  GraphBuilder b("channels");
  b.channel_slice(b.input({8, 5, 5}), 2, 3);
  EXPECT_EQ(needed_of_input(b.finish()), 3 * 5 * 5);
}

TEST(NeededElements, GroupsOfAConvolutionThatNobodyTakesAreNotNeeded) {
  GraphBuilder b("groups");
  ConvSpec spec{8, square_window(1)};
  spec.groups = 4;
  b.channel_slice(b.conv(b.input({12, 5, 5}), spec), 0, 3);  // two groups of two outputs and three inputs
  EXPECT_EQ(needed_of_input(b.finish()), 6 * 5 * 5);
}

TEST(NeededElements, PoolsAndOpaqueOpsTakeAll) {
  GraphBuilder b("all");
  const TensorId x = b.input({8, 5, 5});
  b.global_avg_pool(b.opaque({x}, {{4, 3, 3}}).front());
  const Graph graph = b.finish();
  EXPECT_EQ(needed_elements(graph), (std::vector<int64_t>{int64_t{8} * 25, int64_t{4} * 9, 4}));
}

TEST(NeededElements, ATransposedConvolutionTakesTheRowsThatReachItsOutput) {
  GraphBuilder b("transposed");
  // 2x2 stride 2: each output element has one source. A 1x1 stride 4 takes output rows 0, 4, 8: sources 0,
  // 2, 4.
  const TensorId t = b.conv_transpose(b.input({2, 5, 5}), ConvSpec{2, square_window(2, 2)});
  b.conv(t, ConvSpec{2, square_window(1, 4)});
  EXPECT_EQ(needed_of_input(b.finish()), 2 * 3 * 3);
}

}  // namespace
}  // namespace fusesim
