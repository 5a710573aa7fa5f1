#include "blocks/array_dataflow.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

/// Some rows of a convolution from a map of 14 x 14.
RowBlock conv_rows(int64_t in_channels, const ConvSpec& spec, int64_t rows = 1) {
  GraphBuilder b("g");
  b.conv(b.input({in_channels, 14, 14}), spec);
  const Graph graph = b.finish();
  return row_block(graph, graph.ops[0], {0, rows});
}

/// 32 x 32 with stripes of 32 and 32 weights per cycle: L = 32 (output-stationary 1), F = 64.
PeArrayConfig array(Dataflow dataflow) {
  PeArrayConfig config;
  config.dataflow = dataflow;
  return config;
}

int64_t cycles(const PeArrayConfig& config, const RowBlock& block) {
  return array_dataflow(config.dataflow).cycles(config, {}, block);
}
int64_t cycles(Dataflow dataflow, const RowBlock& block) { return cycles(array(dataflow), block); }

int64_t start(const PeArrayConfig& config) {
  return array_dataflow(config.dataflow).start_cycles(config, {});
}

ArrayAccesses accesses(Dataflow dataflow, const RowBlock& block) {
  return array_dataflow(dataflow).accesses(array(dataflow), block);
}

TEST(ArrayDataflow, OutputStationaryConvolution) {
  // 64 inputs at 9 taps are 18 steps of 32 rows, 96 outputs 3 of 32 columns, 14 columns of the map:
  // 18 * 3 * 14 = 756
  const RowBlock block = conv_rows(64, {96, square_window(3, 1, 1)});
  EXPECT_EQ(cycles(Dataflow::output_stationary, block), 756);
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
  // 54 steps, 14 positions each, which do not hide the 32 cycles that the next weights take: 54 * 32
  const RowBlock block = conv_rows(64, {96, square_window(3, 1, 1)});
  EXPECT_EQ(cycles(Dataflow::weight_stationary, block), 54 * 32);
  // one stripe: each weight is read once
  const ArrayAccesses moved = accesses(Dataflow::weight_stationary, block);
  EXPECT_EQ(moved.input_reads, 3 * 9 * 64 * 14);
  EXPECT_EQ(moved.weight_reads, 9 * 64 * 96);
  EXPECT_EQ(moved.bias_reads, 96);
  EXPECT_EQ(moved.output_writes, 96 * 14);
}

TEST(ArrayDataflow, LongerBlocksAreCutIntoStripes) {
  // 5 rows are 70 positions: stripes of 32, 32 and 6
  const RowBlock block = conv_rows(64, {96, square_window(3, 1, 1)}, 5);
  EXPECT_EQ(cycles(Dataflow::weight_stationary, block), 54 * (32 + 32 + 32));
  EXPECT_EQ(accesses(Dataflow::weight_stationary, block).weight_reads, 3 * 9 * 64 * 96);
  EXPECT_EQ(accesses(Dataflow::weight_stationary, block).bias_reads, 96);
  PeArrayConfig config = array(Dataflow::weight_stationary);
  config.stripe = 40;
  EXPECT_EQ(cycles(config, block), 54 * (40 + 32));
  config.stripe = 0;
  EXPECT_EQ(cycles(config, block), 54 * 70);
}

TEST(ArrayDataflow, InputStationaryConvolution) {
  // the time of weight-stationary in another order: inputs stay for all column steps of a stripe
  const RowBlock block = conv_rows(64, {96, square_window(3, 1, 1)}, 5);
  EXPECT_EQ(cycles(Dataflow::input_stationary, block), 54 * (32 + 32 + 32));
  const ArrayAccesses moved = accesses(Dataflow::input_stationary, block);
  EXPECT_EQ(moved.input_reads, 9 * 64 * 70);
  EXPECT_EQ(moved.weight_reads, 3 * 9 * 64 * 96);
  EXPECT_EQ(moved.bias_reads, 3 * 96);
  EXPECT_EQ(moved.output_writes, 96 * 70);
}

TEST(ArrayDataflow, WithoutShadowRegistersEveryStepLoadsFirst) {
  PeArrayConfig config = array(Dataflow::weight_stationary);
  config.shadow_weights = false;
  EXPECT_EQ(cycles(config, conv_rows(64, {96, square_window(3, 1, 1)})), 54 * (32 + 14));
  EXPECT_EQ(start(config), 64);
}

TEST(ArrayDataflow, ANarrowPortLoadsSlowly) {
  // 1024 weights at 24 per cycle take 43 cycles, those of an output-stationary step likewise
  const RowBlock block = conv_rows(64, {96, square_window(3, 1, 1)});
  for (const auto& [dataflow, expected] :
       {std::pair(Dataflow::weight_stationary, 54 * 43), std::pair(Dataflow::input_stationary, 54 * 43),
        std::pair(Dataflow::output_stationary, 54 * 14 * 43)}) {
    PeArrayConfig config = array(dataflow);
    config.weight_bytes_per_cycle = 24;
    EXPECT_EQ(cycles(config, block), expected);
  }
}

TEST(ArrayDataflow, TapsFoldOntoRowsThatInputsLeaveFree) {
  // 3 inputs at 49 taps: 147 products on 32 rows are 5 steps; without folding one for each tap
  const RowBlock block = conv_rows(3, {32, square_window(7, 1, 3)});
  PeArrayConfig config = array(Dataflow::output_stationary);
  EXPECT_EQ(cycles(config, block), 5 * 14);
  config.fold_taps = false;
  EXPECT_EQ(cycles(config, block), 49 * 14);
  // accesses are of products, whichever step they fall in
  EXPECT_EQ(accesses(Dataflow::output_stationary, block).input_reads, 49 * 3 * 14);
}

TEST(ArrayDataflow, DepthwisePutsTapsAndPositionsOnRowsAndChannelsOnColumns) {
  // 9 taps of 3 positions fit 32 rows: 14 positions are 5 steps; 40 channels are 2 of 32 columns
  const RowBlock block = conv_rows(40, {40, square_window(3, 1, 1), 40});
  EXPECT_EQ(cycles(Dataflow::output_stationary, block), 2 * 5);
  EXPECT_EQ(cycles(Dataflow::weight_stationary, block), 2 * 32);
  PeArrayConfig config = array(Dataflow::output_stationary);
  config.depthwise_positions = false;
  EXPECT_EQ(cycles(config, block), 2 * 14);
  // each of 9 x 40 elements in use has an input of its own for every position; a weight serves the positions
  // that lie side by side
  for (const auto dataflow :
       {Dataflow::output_stationary, Dataflow::weight_stationary, Dataflow::input_stationary}) {
    EXPECT_EQ(accesses(dataflow, block).input_reads, 14 * 9 * 40);
  }
  EXPECT_EQ(accesses(Dataflow::output_stationary, block).weight_reads, 5 * 9 * 40);
  EXPECT_EQ(accesses(Dataflow::weight_stationary, block).weight_reads, 9 * 40);
}

TEST(ArrayDataflow, GroupedConvolutionTakesOneGroupAfterTheOther) {
  // 4 groups of 16 inputs and 16 outputs; 9 taps of 16 inputs are 5 steps of 32 rows
  const RowBlock block = conv_rows(64, {64, square_window(3, 1, 1), 4});
  EXPECT_EQ(cycles(Dataflow::output_stationary, block), 4 * 5 * 14);
  const ArrayAccesses moved = accesses(Dataflow::output_stationary, block);
  EXPECT_EQ(moved.input_reads, 4 * 9 * 16 * 14);
  EXPECT_EQ(moved.weight_reads, 4 * 9 * 16 * 16 * 14);
  EXPECT_EQ(accesses(Dataflow::input_stationary, block).input_reads, 4 * 9 * 16 * 14);
}

TEST(ArrayDataflow, AStartFillsThePipelineAndWaitsForTheFirstWeights) {
  EXPECT_EQ(start(array(Dataflow::output_stationary)), 64);
  EXPECT_EQ(start(array(Dataflow::weight_stationary)), 64 + 32);
  EXPECT_EQ(start(array(Dataflow::input_stationary)), 64 + 32);
  PeArrayConfig config = array(Dataflow::weight_stationary);
  config.fill_cycles = 5;
  EXPECT_EQ(start(config), 5 + 32);
}

TEST(ArrayDataflow, PartialSumsMoveBetweenBlocksOnly) {
  for (const auto& [name, dataflow] : kDataflows) {
    RowBlock block = conv_rows(8, {16, square_window(3, 1, 1)});
    block.leaves_sums = true;
    ArrayAccesses moved = accesses(dataflow, block);
    EXPECT_EQ(moved.sum_reads, 0) << name;
    EXPECT_EQ(moved.sum_writes, 16 * 14) << name;
    EXPECT_EQ(moved.output_writes, 0) << name;
    block.resumes_sums = true;
    moved = accesses(dataflow, block);
    EXPECT_EQ(moved.sum_reads, 16 * 14) << name;
    EXPECT_EQ(moved.sum_writes, 16 * 14) << name;
    block.leaves_sums = false;
    moved = accesses(dataflow, block);
    EXPECT_EQ(moved.sum_reads, 16 * 14) << name;
    EXPECT_EQ(moved.sum_writes, 0) << name;
    EXPECT_EQ(moved.output_writes, 16 * 14) << name;
  }
}

TEST(ArrayDataflow, BytesFollowFromTheWidthsOfTheOperands) {
  const Datatypes types = {2, 3, 5, 7};
  ArrayAccesses moved;
  moved.input_reads = 1, moved.weight_reads = 10, moved.bias_reads = 100, moved.sum_reads = 1000;
  moved.sum_writes = 1, moved.output_writes = 10;
  EXPECT_EQ(moved.bytes(types, RowBlock{}).read, 2 + 30 + 500 + 7000);
  EXPECT_EQ(moved.bytes(types, RowBlock{}).write, 7 + 20);
}

TEST(ArrayDataflow, BytesFollowFromTheWidthsOfTheFileWhereTheConfigurationWantsThat) {
  Datatypes types = {2, 3, 5, 7};
  ArrayAccesses moved;
  moved.input_reads = 3, moved.weight_reads = 10, moved.bias_reads = 100, moved.sum_reads = 1000;
  moved.sum_writes = 1, moved.output_writes = 3;
  RowBlock block;
  block.file_bits = {4, 16, 0, 64};
  EXPECT_EQ(moved.bytes(types, block).read, 6 + 30 + 500 + 7000);
  types.from_file = true;
  EXPECT_EQ(moved.bytes(types, block).read, 2 + 20 + 500 + 8000);  // 1.5 bytes of inputs are padded
  EXPECT_EQ(moved.bytes(types, block).write, 8 + 24);
}

}  // namespace
}  // namespace fusesim::hw
