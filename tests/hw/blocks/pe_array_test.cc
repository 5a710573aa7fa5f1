#include "blocks/pe_array.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "testing/engine_bench.h"

namespace fusesim::hw {
namespace {

using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

RowBlock conv_row(int64_t in_channels, const ConvSpec& spec) {
  GraphBuilder b("g");
  b.conv(b.input({in_channels, 14, 14}), spec);
  const Graph graph = b.finish();
  return row_block(graph, graph.ops[0]);
}

PeArrayConfig array(Dataflow dataflow) { return {32, 32, dataflow, 0}; }

TEST(PeArray, OutputStationaryConvolution) {
  // 64 inputs are 2 passes of 32 rows, 96 outputs 3 passes of 32 columns, 9 taps, 14 columns of the map:
  // 2 * 3 * 9 * 14 = 756, fill 32 + 32 = 64
  EXPECT_EQ(pe_cycles(array(Dataflow::output_stationary), conv_row(64, {96, square_window(3, 1, 1)})),
            756 + 64);
}

TEST(PeArray, WeightStationaryConvolution) {
  // 2 * 3 passes of 9 taps, each loads 32 rows of weights and streams 14 columns: 54 * (32 + 14) = 2484, fill
  // 64
  EXPECT_EQ(pe_cycles(array(Dataflow::weight_stationary), conv_row(64, {96, square_window(3, 1, 1)})),
            2484 + 64);
}

TEST(PeArray, DepthwisePutsTapsOnRowsAndChannelsOnColumns) {
  // 9 taps fit 32 rows, 40 channels are 2 passes of 32 columns: 1 * 2 * 14 = 28, fill 64
  const RowBlock block = conv_row(40, {40, square_window(3, 1, 1), 40});
  EXPECT_EQ(pe_cycles(array(Dataflow::output_stationary), block), 28 + 64);
  EXPECT_EQ(pe_cycles(array(Dataflow::weight_stationary), block), 2 * (32 + 14) + 64);
  EXPECT_EQ(block.macs(), 14 * 9 * 40);
}

TEST(PeArray, GroupedConvolutionTakesOneGroupAfterTheOther) {
  // 4 groups of 16 inputs and 16 outputs, one pass each: 4 * 9 * 14 = 504, fill 64
  const RowBlock block = conv_row(64, {64, square_window(3, 1, 1), 4});
  EXPECT_EQ(pe_cycles(array(Dataflow::output_stationary), block), 504 + 64);
  EXPECT_EQ(block.macs(), 14 * 9 * 16 * 64);
}

TEST(PeArray, ConfiguredFillReplacesTheDefault) {
  PeArrayConfig config = array(Dataflow::output_stationary);
  config.fill_cycles = 5;
  EXPECT_EQ(pe_cycles(config, conv_row(3, {8, square_window(1)})), 14 + 5);
}

TEST(PeArray, PartOfARow) {
  GraphBuilder b("g");
  b.conv(b.input({64, 14, 14}), {64, square_window(3, 1, 1), 4});
  const Graph graph = b.finish();
  const RowBlock block = row_block(graph, graph.ops[0], 8, 24, 0, 10);  // halves of groups 0 and 1
  EXPECT_EQ(block.groups, 2);
  EXPECT_EQ(block.macs(), 14 * 9 * 10 * 16);
}

TEST(SharedUnit, ServesRequestsOfOneMomentByIdAndLaterOnesByTime) {
  GraphBuilder b("g");
  b.conv(b.input({1, 1, 1}), 1, 1);
  const Graph graph = b.finish();
  TestBench bench(graph);
  std::vector<std::pair<int64_t, int64_t>> ends;  // (id, cycle)
  const auto request = [&](int64_t id, int64_t at, int64_t cycles) {
    sc_core::sc_spawn([&, id, at, cycles] {
      bench.clock.wait_cycles(at);
      bench.vector.run(id, cycles * 32);
      ends.emplace_back(id, bench.clock.now());
    });
  };
  run_in_thread([&] {
    request(7, 0, 10);
    request(3, 0, 10);
    request(1, 5, 10);
    request(9, 4, 1);
    bench.clock.wait_cycles(100);
  });
  const std::vector<std::pair<int64_t, int64_t>> expected{{3, 10}, {7, 20}, {9, 21}, {1, 31}};
  EXPECT_EQ(ends, expected);
  EXPECT_EQ(bench.vector.busy_cycles(), 31);
  EXPECT_EQ(bench.compute.busy_cycles(), 31);
}

TEST(MachineClock, CountsWholeCyclesOfAPeriodThatIsNotAWholePicosecond) {
  run_in_thread([] {
    MachineClock clock(1'500'000);
    clock.restart();
    for (int i = 0; i < 3000; ++i) clock.wait_cycles(1);
    EXPECT_EQ(clock.now(), 3000);
    EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(2, sc_core::SC_US));
  });
}

}  // namespace
}  // namespace fusesim::hw
