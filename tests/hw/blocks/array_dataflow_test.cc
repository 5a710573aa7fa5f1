#include "blocks/array_dataflow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

RowBlock conv_row(int64_t in_channels, const ConvSpec& spec) {
  GraphBuilder b("g");
  b.conv(b.input({in_channels, 14, 14}), spec);
  const Graph graph = b.finish();
  return row_block(graph, graph.ops[0], {0, 1});
}

PeArrayConfig array(Dataflow dataflow) { return {32, 32, dataflow, 0}; }

int64_t cycles(Dataflow dataflow, const RowBlock& block) {
  return array_dataflow(dataflow).cycles(array(dataflow), block);
}

ArrayAccesses accesses(Dataflow dataflow, const RowBlock& block) {
  return array_dataflow(dataflow).accesses(array(dataflow), block);
}

TEST(ArrayDataflow, OutputStationaryConvolution) {
  // 64 inputs are 2 passes of 32 rows, 96 outputs 3 passes of 32 columns, 9 taps, 14 columns of the map:
  // 2 * 3 * 9 * 14 = 756, fill 32 + 32 = 64
  const RowBlock block = conv_row(64, {96, square_window(3, 1, 1)});
  EXPECT_EQ(cycles(Dataflow::output_stationary, block), 756 + 64);
  // every step brings its inputs and its weights: 64 inputs at 9 taps and 14 positions for each of 3 column
  // steps, every weight at 14 positions
  const ArrayAccesses moved = accesses(Dataflow::output_stationary, block);
  EXPECT_EQ(moved.input_reads, 3 * 9 * 64 * 14);
  EXPECT_EQ(moved.weight_reads, 14 * 9 * 64 * 96);
  EXPECT_EQ(moved.bias_reads, 96);
  EXPECT_EQ(moved.output_writes, 96 * 14);
  EXPECT_EQ(moved.sum_reads + moved.sum_writes, 0);
}

TEST(ArrayDataflow, WeightStationaryConvolution) {
  // 2 * 3 passes of 9 taps, each loads 32 rows of weights and streams 14 columns: 54 * (32 + 14) = 2484, fill
  // 64
  const RowBlock block = conv_row(64, {96, square_window(3, 1, 1)});
  EXPECT_EQ(cycles(Dataflow::weight_stationary, block), 2484 + 64);
  // weights stay for the row: each is read once
  const ArrayAccesses moved = accesses(Dataflow::weight_stationary, block);
  EXPECT_EQ(moved.input_reads, 3 * 9 * 64 * 14);
  EXPECT_EQ(moved.weight_reads, 9 * 64 * 96);
  EXPECT_EQ(moved.bias_reads, 96);
  EXPECT_EQ(moved.output_writes, 96 * 14);
}

TEST(ArrayDataflow, DepthwisePutsTapsOnRowsAndChannelsOnColumns) {
  // 9 taps fit 32 rows, 40 channels are 2 passes of 32 columns: 1 * 2 * 14 = 28, fill 64
  const RowBlock block = conv_row(40, {40, square_window(3, 1, 1), 40});
  EXPECT_EQ(cycles(Dataflow::output_stationary, block), 28 + 64);
  EXPECT_EQ(cycles(Dataflow::weight_stationary, block), 2 * (32 + 14) + 64);
  // each of 9 x 40 elements in use has an input of its own in every step
  EXPECT_EQ(accesses(Dataflow::output_stationary, block).input_reads, 14 * 9 * 40);
  EXPECT_EQ(accesses(Dataflow::output_stationary, block).weight_reads, 14 * 9 * 40);
  EXPECT_EQ(accesses(Dataflow::weight_stationary, block).input_reads, 14 * 9 * 40);
  EXPECT_EQ(accesses(Dataflow::weight_stationary, block).weight_reads, 9 * 40);
}

TEST(ArrayDataflow, GroupedConvolutionTakesOneGroupAfterTheOther) {
  // 4 groups of 16 inputs and 16 outputs, one pass each: 4 * 9 * 14 = 504, fill 64
  const RowBlock block = conv_row(64, {64, square_window(3, 1, 1), 4});
  EXPECT_EQ(cycles(Dataflow::output_stationary, block), 504 + 64);
  const ArrayAccesses moved = accesses(Dataflow::output_stationary, block);
  EXPECT_EQ(moved.input_reads, 4 * 9 * 16 * 14);
  EXPECT_EQ(moved.weight_reads, 4 * 9 * 16 * 16 * 14);
}

TEST(ArrayDataflow, ConfiguredFillReplacesTheDefault) {
  PeArrayConfig config = array(Dataflow::output_stationary);
  config.fill_cycles = 5;
  EXPECT_EQ(array_dataflow(config.dataflow).cycles(config, conv_row(3, {8, square_window(1)})), 14 + 5);
}

TEST(ArrayDataflow, PartialSumsMoveBetweenBlocksOnly) {
  for (const Dataflow dataflow : {Dataflow::output_stationary, Dataflow::weight_stationary}) {
    RowBlock block = conv_row(8, {16, square_window(3, 1, 1)});
    block.leaves_sums = true;
    ArrayAccesses moved = accesses(dataflow, block);
    EXPECT_EQ(moved.sum_reads, 0);
    EXPECT_EQ(moved.sum_writes, 16 * 14);
    EXPECT_EQ(moved.output_writes, 0);
    block.resumes_sums = true;
    moved = accesses(dataflow, block);
    EXPECT_EQ(moved.sum_reads, 16 * 14);
    EXPECT_EQ(moved.sum_writes, 16 * 14);
    block.leaves_sums = false;
    moved = accesses(dataflow, block);
    EXPECT_EQ(moved.sum_reads, 16 * 14);
    EXPECT_EQ(moved.sum_writes, 0);
    EXPECT_EQ(moved.output_writes, 16 * 14);
  }
}

TEST(ArrayDataflow, BytesFollowFromTheWidthsOfTheOperands) {
  const Datatypes types = {2, 3, 5, 7};
  ArrayAccesses moved;
  moved.input_reads = 1, moved.weight_reads = 10, moved.bias_reads = 100, moved.sum_reads = 1000;
  moved.sum_writes = 1, moved.output_writes = 10;
  EXPECT_EQ(moved.read_bytes(types), 2 + 30 + 500 + 7000);
  EXPECT_EQ(moved.write_bytes(types), 7 + 20);
}

/// What a walk step by step counts.
struct Walk {
  int64_t cycles = 0;
  int64_t inputs = 0;
  int64_t weights = 0;
};

/// Calls step(rows, columns) for every column step, tap and part of the input channels.
template <class Step>
void walk_weights(const PeArrayConfig& config, const RowBlock& block, const Step& step) {
  for (int64_t c = block.outputs.first; c < block.outputs.last;) {
    int64_t end = std::min(c + config.columns, block.outputs.last);
    if (!block.depthwise) end = std::min(end, (c / block.group_outputs + 1) * block.group_outputs);
    const int64_t deep = block.depthwise ? block.taps : block.group_inputs;
    for (int64_t tap = 0; tap < (block.depthwise ? 1 : block.taps); ++tap) {
      for (int64_t i = 0; i < deep; i += config.rows) step(std::min(config.rows, deep - i), end - c);
    }
    c = end;
  }
}

/// For every position all weights pass, or all positions pass every weight.
Walk walk(const PeArrayConfig& config, const RowBlock& block, bool weights_stay) {
  Walk seen;
  walk_weights(config, block, [&](int64_t rows, int64_t columns) {
    if (weights_stay) seen.cycles += config.rows, seen.weights += rows * columns;
    for (int64_t position = 0; position < block.positions; ++position) {
      ++seen.cycles;
      seen.inputs += block.depthwise ? rows * columns : rows;
      if (!weights_stay) seen.weights += rows * columns;
    }
  });
  return seen;
}

TEST(ArrayDataflow, CyclesAndAccessesAreThoseOfTheWalk) {
  std::mt19937_64 random(7);
  const auto from = [&random](int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random() % static_cast<uint64_t>(most - least + 1));
  };
  for (int i = 0; i < 2000; ++i) {
    RowBlock block;
    block.positions = from(1, 9);
    block.taps = from(1, 9);
    block.depthwise = from(0, 2) == 0;
    block.group_inputs = block.depthwise ? 1 : from(1, 20);
    block.group_outputs = from(1, 20);
    block.outputs = {from(0, 30), 0};
    block.outputs.last = block.outputs.first + from(1, 40);
    for (const bool weights_stay : {false, true}) {
      const PeArrayConfig config{from(1, 10), from(1, 10),
                                 weights_stay ? Dataflow::weight_stationary : Dataflow::output_stationary, 3};
      const Walk expected = walk(config, block, weights_stay);
      const ArrayDataflow& dataflow = array_dataflow(config.dataflow);
      EXPECT_EQ(dataflow.cycles(config, block), expected.cycles + 3);
      EXPECT_EQ(dataflow.accesses(config, block).input_reads, expected.inputs);
      EXPECT_EQ(dataflow.accesses(config, block).weight_reads, expected.weights);
    }
  }
}

}  // namespace
}  // namespace fusesim::hw
