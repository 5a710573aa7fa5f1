#include "brr/engine.h"

#include <gtest/gtest.h>

#include "brr_bench.h"
#include "brr_schedules.h"
#include "fusesim/testing/graph_builder.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using testing::ConvSpec;
using testing::GraphBuilder;
using testing::square_window;

/// Runs every schedule of the whole graph, with every kind of double buffer and transfers that take no time
/// or random times, and compares each with the brute force and the reference evaluation.
void expect_every_schedule_agrees(const Graph& graph, testing::BruteParams params) {
  Group ops;
  for (size_t o = 0; o < graph.ops.size(); ++o) ops.push_back(static_cast<OpId>(o));
  run_in_thread([&] {
    for (uint64_t doubled = 0; doubled < 3; ++doubled) {
      params.two_weight_pieces = doubled > 0;
      params.two_inputs = doubled > 1;
      const testing::BruteBrr brute = testing::brute_brr(graph, ops, params);
      ASSERT_EQ(brute.illegal_reason, "");
      for (const testing::BruteBrrCandidate& c : brute.candidates) {
        for (const uint64_t delays : {uint64_t{0}, doubled + 1}) {
          EXPECT_EQ(difference(graph, ops, params, c, delays), "")
              << label(c) << " " << to_string(double_buffer_of(params)) << " delays " << delays;
        }
      }
    }
  });
}

testing::BruteParams small_machine() { return {1, 1, 4, 4, 4, {8, 4, 3}, 0}; }

/// Runs one schedule; the bench stays alive because the kernel may still refer to it.
BrrBench& ran(const Graph& graph, const GroupSchedule& schedule, Fault fault = Fault::none) {
  auto& bench = *new BrrBench(graph);
  run_in_thread([&] { bench.run(schedule, fault); });
  return bench;
}

Guard guard_of(const Graph& graph, const GroupSchedule& schedule, Fault fault = Fault::none) {
  return tripped_guard([&] { ran(graph, schedule, fault); });
}

Graph one_conv(const ConvSpec& spec, Shape input = {12, 11, 5}) {
  GraphBuilder g("conv");
  g.conv(g.input(input), spec);
  return g.finish();
}

TEST(BrrEngine, StridedConvolution) {
  expect_every_schedule_agrees(one_conv({10, square_window(3, 2, 1), 1, true}), small_machine());
}

TEST(BrrEngine, StrideBeyondTheKernel) {
  expect_every_schedule_agrees(one_conv({10, square_window(1, 3), 1, true}), small_machine());
}

TEST(BrrEngine, DilatedConvolution) {
  expect_every_schedule_agrees(one_conv({10, square_window(3, 1, 2, 2), 1, false}), small_machine());
}

TEST(BrrEngine, DepthwiseConvolution) {
  expect_every_schedule_agrees(one_conv({12, square_window(3, 1, 1), 12, true}), small_machine());
}

TEST(BrrEngine, DepthwiseConvolutionWithMultiplier) {
  expect_every_schedule_agrees(one_conv({36, square_window(3, 2, 1), 12, true}), small_machine());
}

TEST(BrrEngine, GroupedConvolution) {
  expect_every_schedule_agrees(one_conv({6, square_window(3, 1, 1), 2, true}), small_machine());
}

TEST(BrrEngine, WholeMapKernel) {
  GraphBuilder g("dense");
  g.dense(g.input({6, 4, 3}), 10);
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, ResidualBlock) {
  GraphBuilder g("residual");
  const TensorId x = g.input({10, 8, 4});
  g.add(g.conv(g.conv(x, 10, 3), 10, 3), x);
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, InvertedResidual) {
  GraphBuilder g("inverted");
  const TensorId x = g.input({5, 8, 4});
  const TensorId wide = g.activation(g.conv(x, 20, 1), "Relu");
  const TensorId deep = g.activation(g.conv(wide, ConvSpec{20, square_window(3, 1, 1), 20, true}), "Clip");
  g.add(g.conv(deep, 5, 1), x);
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, FireModuleAndPool) {
  GraphBuilder g("fire");
  const TensorId s = g.conv(g.input({9, 9, 4}), 6, 1);
  g.max_pool(g.concat({g.conv(s, 10, 1), g.conv(s, 7, 3)}), square_window(3, 2));
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, PooledMapThatAlsoLeaves) {
  GraphBuilder g("gap");
  const TensorId t = g.conv(g.input({6, 7, 4}), 10, 3);
  g.output(t);
  g.global_avg_pool(t);
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, ResizeAndLateral) {
  GraphBuilder g("pyramid");
  Resize linear;
  linear.mode = ResizeMode::linear;
  const TensorId top = g.resize(g.conv(g.input({6, 4, 3}), 9, 1), 7, 5, linear);
  g.conv(g.add(top, g.input({9, 7, 5})), 9, 3);
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, SplitAndShuffle) {
  GraphBuilder g("shuffle");
  const TensorId x = g.conv(g.input({6, 6, 3}), 14, 3);
  const TensorId low = g.channel_slice(x, 0, 5);
  const TensorId high = g.conv(g.channel_slice(x, 7, 7), ConvSpec{7, square_window(3, 1, 1), 7, true});
  g.concat({high, low});
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, GateMadeInside) {
  GraphBuilder g("gate");
  const TensorId x = g.conv(g.input({6, 7, 3}), 10, 3);
  g.mul(x, g.activation(g.conv(g.input({6, 1, 1}), 10, 1), "Sigmoid"));
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, MapOfOneChannelScalesAll) {
  GraphBuilder g("attention");
  const TensorId x = g.conv(g.input({6, 7, 3}), 10, 3);
  g.mul(x, g.conv(x, 1, 3));
  expect_every_schedule_agrees(g.finish(), small_machine());
}

TEST(BrrEngine, NormalisationWithWeights) {
  GraphBuilder g("norm");
  g.conv(g.activation(g.concat({g.input({9, 6, 3}), g.input({4, 6, 3})}), "Affine", true, true), 6, 3);
  expect_every_schedule_agrees(g.finish(), small_machine());
}

/// conv 3x3 8 -> 16 on 6 rows, twice; tensors 0, 1, 2
Graph two_convs() {
  GraphBuilder g("two");
  g.conv(g.conv(g.input({8, 6, 5}), 16, 3), 16, 3);
  return g.finish();
}

TEST(BrrEngine, FullInputIsFetchedOnceAndSlicesAreStreamedWithTheirHalo) {
  // tiles of 3 rows: rows of the input 0 to 4 and 1 to 5
  const Graph graph = two_convs();
  EXPECT_EQ(ran(graph, whole_graph(graph, 8, 3, 2, {1})).memory.ifmap_bytes(), 6 * 8 * 5);
}

TEST(BrrEngine, SlicedInputIsStreamedAgainWithItsHalo) {
  const Graph graph = two_convs();
  const CountingMemory& memory = ran(graph, whole_graph(graph, 8, 3, 2, {0})).memory;
  EXPECT_EQ(memory.ifmap_bytes(), 2 * 5 * 8 * 5);
  EXPECT_EQ(memory.loaded().at(0), (std::vector<int64_t>{40, 80, 80, 80, 80, 40}));
}

TEST(BrrEngine, StreamedWeightsComeOncePerTileAndResidentOnesOnce) {
  const Graph graph = two_convs();
  const int64_t all = 16 * 8 * 9 + 16 * 16 * 9 + 2 * 16 * 4;
  EXPECT_EQ(ran(graph, whole_graph(graph, 8, 3, 2, {1})).memory.weight_bytes(), 2 * all);
}

TEST(BrrEngine, ResidentWeightsComeOnce) {
  const Graph graph = two_convs();
  const int64_t all = 16 * 8 * 9 + 16 * 16 * 9 + 2 * 16 * 4;
  EXPECT_EQ(ran(graph, whole_graph(graph, 8, 3, 2, {1}, true)).memory.weight_bytes(), all);
}

TEST(BrrEngine, CyclesOfARecomputedHalo) {
  const Graph graph = two_convs();
  // Transfers take no time here, so that the blocks follow each other after one start of 64 + 32. Two slices
  // of the first conv over 4 rows; each adds to two blocks of the second over 3 rows; two tiles. In every
  // block 8 inputs at 9 taps are 3 steps, whose 20 or 15 positions do not hide the 32 cycles of the weights.
  const BrrBench& bench = ran(graph, whole_graph(graph, 8, 3, 2, {1}));
  EXPECT_EQ(bench.pe.busy_cycles(), 96 + 2 * (2 + 4) * 3 * 32);
  EXPECT_EQ(bench.clock.now(), bench.pe.busy_cycles());
  EXPECT_EQ(bench.counters.macs, 2 * (4 * 5 * 9 * 8 * 16 + 3 * 5 * 9 * 16 * 16));
}

TEST(BrrEngine, BufferAccessesOfARecomputedHalo) {
  const Graph graph = two_convs();
  const BrrBench& bench = ran(graph, whole_graph(graph, 8, 3, 2, {1}));
  // A tile: two blocks of the first conv make 4 rows, P = 20: 8 inputs at 9 taps in every position, 8 x 8
  // weights at 9 taps for the stripe, 8 biases. Each slice adds to two blocks of the second over 3 rows,
  // P = 15; biases come with the first slice, which leaves partial sums of 4 bytes that the second goes on
  // with. The store reads 3 rows.
  const int64_t first = int64_t{2} * (9 * 8 * 20 + 9 * 8 * 8 + 8 * 4);
  const int64_t second = 4 * (9 * 8 * 15 + 9 * 8 * 8) + 2 * 8 * 4 + 2 * 8 * 15 * 4;
  EXPECT_EQ(bench.counters.buffer_read_bytes, 2 * (first + second + int64_t{3} * 16 * 5));
  // The input once, all weights in each tile, 4 rows of the first conv, partial sums and results of the
  // second.
  const int64_t weights = 16 * 8 * 9 + 16 * 16 * 9 + 2 * 16 * 4;
  const int64_t made = 16 * 20 + 16 * 15 * 4 + 16 * 15;
  EXPECT_EQ(bench.counters.buffer_write_bytes, int64_t{6} * 8 * 5 + 2 * (weights + made));
}

TEST(BrrEngine, PartialSumsOfSubGroupsThatWait) {
  // 80 inputs on 32 rows: three sub-groups, the sums wait in the buffer between them.
  const Graph graph = one_conv({8, square_window(1), 1, false}, {80, 2, 5});
  const BrrBench& bench = ran(graph, whole_graph(graph, 8, 2, 1));
  const int64_t results = int64_t{8} * 2 * 5;
  EXPECT_EQ(bench.counters.buffer_read_bytes, 80 * 10 + 80 * 8 + 2 * results * 4 + results);
  EXPECT_EQ(bench.counters.buffer_write_bytes, 80 * 10 + 80 * 8 + 2 * results * 4 + results);
}

TEST(BrrEngine, PassesThatCutConvolutionGroupsUnevenlyTakeTheCyclesOfEachGroup) {
  // Groups of 48 outputs on 32 columns: the pass of 64 takes 2 steps of one group and 1 of the other, that of
  // 32 takes 1. Every row: 9 taps of 32 inputs, 28 positions, which the 32 cycles of the weights outlast.
  const Graph graph = one_conv({96, square_window(3, 1, 1), 2, true}, {64, 28, 28});
  const BrrBench& bench = ran(graph, weight_passes(graph, 32, 64, 2));
  EXPECT_EQ(bench.pe.busy_cycles(), 96 + 28 * (3 + 1) * 9 * 32);
}

TEST(BrrEngine, ATransposedConvolutionCountsTheMacsOfTheModel) {
  GraphBuilder g("up");
  g.conv_transpose(g.input({8, 6, 6}), ConvSpec{16, square_window(3, 2, 1)});
  const Graph graph = g.finish();
  EXPECT_EQ(ran(graph, whole_graph(graph, 8, 11, 1)).counters.macs, mac_count(graph, graph.ops[0]));
}

TEST(BrrEngine, PassesStreamTheInputOncePerBlock) {
  const Graph graph = one_conv({10, square_window(3, 1, 1), 1, true});
  const BrrBench& bench = ran(graph, weight_passes(graph, 4, 4, 3));
  EXPECT_EQ(bench.memory.ifmap_bytes(), 3 * 12 * 11 * 5);
  EXPECT_EQ(bench.memory.weight_bytes(), 10 * (12 * 9 + 4));
  EXPECT_EQ(bench.scratchpad.allocated_bytes(), 4 * (12 * 9 + 4) + 3 * 12 * 5 + 4 * 5);
  EXPECT_EQ(bench.scratchpad.high_water_bytes(), bench.scratchpad.allocated_bytes());
  EXPECT_TRUE(bench.memory.wrong().empty());
}

TEST(BrrEngine, AWrongNumberOfTilesIsRefused) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_of(graph, whole_graph(graph, 8, 3, 3, {1})), Guard::bad_schedule);
}

TEST(BrrEngine, AWrongNumberOfPassesIsRefused) {
  const Graph graph = one_conv({10, square_window(3, 1, 1), 1, true});
  EXPECT_EQ(guard_of(graph, weight_passes(graph, 4, 4, 2)), Guard::bad_schedule);
}

TEST(BrrEngine, PassesOfTwoOpsAreRefused) {
  const Graph graph = two_convs();
  GroupSchedule schedule = whole_graph(graph, 8, 3, 2);
  schedule.mode = GroupMode::brr_passes;
  schedule.brr.block_channels = 8;
  schedule.brr.passes = 2;
  EXPECT_EQ(guard_of(graph, schedule), Guard::bad_schedule);
}

TEST(BrrEngine, ASliceWithTwoReadersIsRefused) {
  GraphBuilder g("shared");
  const TensorId t = g.conv(g.input({8, 6, 5}), 16, 3);
  g.add(g.conv(t, 16, 3), t);
  const Graph graph = g.finish();
  EXPECT_EQ(guard_of(graph, whole_graph(graph, 8, 3, 2, {1})), Guard::bad_schedule);
}

TEST(BrrEngine, ASlicedResultOfAReductionOverSlicesIsRefused) {
  const Graph graph = two_convs();
  EXPECT_EQ(guard_of(graph, whole_graph(graph, 8, 3, 2, {1, 2})), Guard::bad_schedule);
}

TEST(BrrEngine, AMissingResidencyIsRefused) {
  const Graph graph = two_convs();
  GroupSchedule schedule = whole_graph(graph, 8, 3, 2);
  schedule.brr.residency.pop_back();
  EXPECT_EQ(guard_of(graph, schedule), Guard::bad_schedule);
}

TEST(BrrEngine, APooledVectorReadInsideIsRefused) {
  GraphBuilder g("excite");
  const TensorId t = g.conv(g.input({8, 6, 5}), 8, 3);
  g.mul(t, g.global_avg_pool(t));
  const Graph graph = g.finish();
  EXPECT_EQ(guard_of(graph, whole_graph(graph, 8, 3, 2)), Guard::bad_schedule);
}

TEST(BrrEngine, AScratchpadThatIsTooSmallOverflows) {
  const Graph graph = two_convs();
  auto& bench = *new BrrBench(graph, {}, 1000);
  EXPECT_EQ(tripped_guard([&] { run_in_thread([&] { bench.run(whole_graph(graph, 8, 3, 2, {1})); }); }),
            Guard::scratchpad_overflow);
}

}  // namespace
}  // namespace fusesim::hw
