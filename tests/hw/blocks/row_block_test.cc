#include "blocks/row_block.h"

#include <gtest/gtest.h>

#include <random>

#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

Graph conv_graph(const Shape& input, const ConvSpec& spec) {
  GraphBuilder b("g");
  b.conv(b.input(input), spec);
  return b.finish();
}

TEST(RowBlock, ARowOfAConvolution) {
  const Graph graph = conv_graph({64, 14, 14}, {96, square_window(3, 1, 1)});
  const RowBlock block = row_block(graph, graph.ops[0], {3, 4});
  EXPECT_EQ(block.positions, 14);
  EXPECT_EQ(block.macs(), 14 * 9 * 64 * 96);
  EXPECT_EQ(block.column_steps(32), 3);
  EXPECT_EQ(block.column_steps(40), 3);
  EXPECT_TRUE(block.biased);
}

TEST(RowBlock, RowsOfATile) {
  const Graph graph = conv_graph({64, 14, 14}, {96, square_window(3, 1, 1)});
  const RowBlock block = row_block(graph, graph.ops[0], {3, 8}, {0, 32}, {32, 64});
  EXPECT_EQ(block.positions, 5 * 14);
  EXPECT_EQ(block.macs(), 5 * 14 * 9 * 32 * 32);
  EXPECT_FALSE(block.biased);  // they come with input channel 0
}

TEST(RowBlock, ColumnsWorkOnOneConvolutionGroupAtATime) {
  // 4 groups of 16 outputs; 8 to 24 are halves of groups 0 and 1
  const Graph graph = conv_graph({64, 14, 14}, {64, square_window(3, 1, 1), 4});
  const RowBlock part = row_block(graph, graph.ops[0], {0, 1}, {8, 24}, {0, 10});
  EXPECT_EQ(part.column_steps(32), 2);
  EXPECT_EQ(part.column_steps(8), 2);
  EXPECT_EQ(part.column_steps(5), 4);
  EXPECT_EQ(part.macs(), 14 * 9 * 10 * 16);
  EXPECT_EQ(row_block(graph, graph.ops[0], {0, 1}).column_steps(32), 4);
}

TEST(RowBlock, GroupsThatAreCutUnevenlyCountByTheirOwnWidths) {
  // 2 groups of 48: outputs 0 to 64 are 48 of one and 16 of the other, 2 + 1 steps of 32 columns
  const Graph graph = conv_graph({64, 28, 28}, {96, square_window(3, 1, 1), 2});
  const auto steps = [&graph](int64_t first, int64_t last) {
    return row_block(graph, graph.ops[0], {0, 1}, {first, last}, {0, 32}).column_steps(32);
  };
  EXPECT_EQ(steps(0, 64), 3);
  EXPECT_EQ(steps(64, 96), 1);
  EXPECT_EQ(steps(0, 96), 4);
  EXPECT_EQ(steps(40, 56), 2);
  EXPECT_EQ(steps(48, 49), 1);
}

TEST(RowBlock, ColumnStepsAreThoseOfAWalkFromGroupToGroup) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2000; ++i) {
    RowBlock block;
    block.group_outputs = 1 + static_cast<int64_t>(random() % 20);
    block.outputs.first = static_cast<int64_t>(random() % 60);
    block.outputs.last = block.outputs.first + static_cast<int64_t>(random() % 60);
    const auto columns = 1 + static_cast<int64_t>(random() % 12);
    int64_t steps = 0;
    int64_t taken = 0;
    for (int64_t c = block.outputs.first; c < block.outputs.last; ++c) {
      if (c == block.outputs.first || c % block.group_outputs == 0 || taken == columns) ++steps, taken = 0;
      ++taken;
    }
    EXPECT_EQ(block.column_steps(columns), steps);
  }
}

TEST(RowBlock, DepthwiseChannelsShareTheColumns) {
  const Graph graph = conv_graph({40, 14, 14}, {40, square_window(3, 1, 1), 40});
  const RowBlock block = row_block(graph, graph.ops[0], {0, 1});
  EXPECT_EQ(block.column_steps(32), 2);
  EXPECT_EQ(block.macs(), 14 * 9 * 40);
}

TEST(RowBlock, ATransposedConvolutionMultipliesWhatFallsOnItsMap) {
  // 3 taps at stride 2, pad 1, 4 inputs become 7 outputs: taps 0, 1, 2 of input i fall on 2i - 1, 2i, 2i + 1.
  // Output 0: input 0 tap 1. Output 1: input 0 tap 2, input 1 tap 0. Output 6: input 3 tap 1.
  GraphBuilder b("g");
  b.conv_transpose(b.input({5, 4, 4}), {6, square_window(3, 2, 1)});
  const Graph graph = b.finish();
  const auto products = [&graph](int64_t y) { return row_block(graph, graph.ops[0], {y, y + 1}).products; };
  ASSERT_EQ(graph.out_shape(graph.ops[0]), (Shape{6, 7, 7}));
  const int64_t across = 4 * 3 - 2;  // the taps of the first and last input that fall outside
  EXPECT_EQ(products(0), across);
  EXPECT_EQ(products(1), 2 * across);
  EXPECT_EQ(products(6), across);
  EXPECT_EQ(row_block(graph, graph.ops[0], {0, 7}).macs(), across * across * 5 * 6);
  EXPECT_EQ(mac_count(graph, graph.ops[0]), across * across * 5 * 6);
}

/// Multiplications of the definition, one by one.
int64_t counted_macs(const Graph& graph, const Op& op) {
  const Window& w = op.window;
  const Shape& in = graph.in_shape(op);
  const Shape& out = graph.out_shape(op);
  int64_t products = 0;
  for (int64_t i = 0; i < in.h * in.w; ++i) {
    for (int64_t k = 0; k < w.kernel_h * w.kernel_w; ++k) {
      const int64_t y = i / in.w * w.stride_h + k / w.kernel_w * w.dilation_h - w.pad_top;
      const int64_t x = i % in.w * w.stride_w + k % w.kernel_w * w.dilation_w - w.pad_left;
      products += y >= 0 && y < out.h && x >= 0 && x < out.w ? 1 : 0;
    }
  }
  return products * in.c * (out.c / op.groups);
}

/// A transposed convolution of random window and pads, some larger than the kernel's reach.
Graph random_transposed(std::mt19937_64& random) {
  const auto from = [&random](int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random() % static_cast<uint64_t>(most - least + 1));
  };
  while (true) {
    ConvSpec spec;
    Window& w = spec.window;
    w.kernel_h = from(1, 5), w.kernel_w = from(1, 5), w.stride_h = from(1, 4), w.stride_w = from(1, 4);
    w.dilation_h = from(1, 3), w.dilation_w = from(1, 3);
    w.pad_top = from(0, 4), w.pad_left = from(0, 4), w.pad_bottom = from(0, 4), w.pad_right = from(0, 4);
    w.output_pad_h = from(0, w.stride_h - 1), w.output_pad_w = from(0, w.stride_w - 1);
    spec.groups = from(1, 2);
    spec.channels = spec.groups * from(1, 3);
    const Shape in{spec.groups * from(1, 3), from(1, 9), from(1, 9)};
    const auto size = [](int64_t n, int64_t k, int64_t s, int64_t d, int64_t pads, int64_t extra) {
      return (n - 1) * s + (k - 1) * d + 1 - pads + extra;
    };
    if (size(in.h, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top + w.pad_bottom, w.output_pad_h) < 1 ||
        size(in.w, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left + w.pad_right, w.output_pad_w) < 1) {
      continue;
    }
    GraphBuilder b("g");
    b.conv_transpose(b.input(in), spec);
    return b.finish();
  }
}

TEST(RowBlock, RowsOfATransposedConvolutionAddUpToTheMacsOfTheModel) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 1000; ++i) {
    const Graph graph = random_transposed(random);
    const Op& op = graph.ops[0];
    const int64_t height = graph.out_shape(op).h;
    int64_t by_row = 0;
    for (int64_t y = 0; y < height; ++y) by_row += row_block(graph, op, {y, y + 1}).macs();
    EXPECT_EQ(by_row, counted_macs(graph, op));
    EXPECT_EQ(mac_count(graph, op), by_row);
    const auto cut = static_cast<int64_t>(random() % static_cast<uint64_t>(height + 1));
    EXPECT_EQ(row_block(graph, op, {0, cut}).macs() + row_block(graph, op, {cut, height}).macs(), by_row);
  }
}

}  // namespace
}  // namespace fusesim::hw
