#include "lbdf/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/engine_bench.h"
#include "testing/lbdf_schedules.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using testing::ConvSpec;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::square_window;

/// Two 3x3 convolutions and an identity add: tensors x 0, t1 1, t2 2, sum 3.
Graph residual_block() {
  GraphBuilder b("residual");
  const TensorId x = b.input({8, 6, 5});
  b.add(b.conv(b.conv(x, 8, 3), 8, 3), x);
  return b.finish();
}

/// Runs one group.
struct Machine {
  explicit Machine(const Graph& graph, Fault fault = Fault::none)
      : bench(graph), engine(bench.context(fault)) {}

  void run(const GroupSchedule& group) {
    run_in_thread([&] {
      engine.run_group(group);
      cycles = bench.clock.now();
    });
  }

  TestBench bench;
  LbdfEngine engine;
  int64_t cycles = 0;
};

void expect_reference(const Graph& graph, const Machine& machine) {
  const auto reference = testing::reference_evaluation(graph);
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    EXPECT_EQ(machine.bench.memory.stored(graph.outputs[i]), reference[i]) << "tensor " << graph.outputs[i];
  }
}

/// The whole graph as one group with the rings of the demand-driven schedule.
void expect_runs_whole(const Graph& graph) {
  Group ops;
  for (size_t o = 0; o < graph.ops.size(); ++o) ops.push_back(static_cast<OpId>(o));
  Machine machine(graph);
  machine.run(lbdf_group(graph, ops));
  expect_reference(graph, machine);
  for (const TensorId t : boundary(graph, ops).external_inputs) {
    EXPECT_EQ(machine.bench.memory.moved_rows(TransferKind::ifmap, t), graph.tensor(t).shape.h);
  }
  EXPECT_EQ(machine.bench.scratchpad.allocated_bytes(), testing::brute_lbdf(graph, ops, {}).f_beta_bytes);
  EXPECT_LE(machine.bench.scratchpad.high_water_bytes(), machine.bench.scratchpad.allocated_bytes());
}

TEST(LbdfEngine, CyclesOfOneConvolution) {
  GraphBuilder b("g");
  b.conv(b.input({8, 4, 5}), 16, 3);
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0}, {{0, 3}, {1, 1}}));
  // Weights and row 0 arrive at 10, row 1 at 20: the first row can start. 8 inputs at 9 taps are 3 steps of
  // 32 rows, each as long as the next weights take, 32: 96. Every row starts anew, 64 + 32, for it is stored
  // in 10 before the next one finds the one slot free; row 3 arrives meanwhile.
  EXPECT_EQ(machine.cycles, 20 + 4 * (96 + 96 + 10));
  EXPECT_EQ(machine.bench.pe.busy_cycles(), 4 * (96 + 96));
  EXPECT_EQ(machine.bench.counters.macs, 4 * 5 * 9 * 8 * 16);
}

TEST(LbdfEngine, BufferAccessesOfOneConvolution) {
  GraphBuilder b("g");
  b.conv(b.input({8, 4, 5}), 16, 3);
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0}, {{0, 3}, {1, 1}}));
  // A row: one column step reads 8 inputs at 9 taps and 5 positions, every weight once for the stripe, 16
  // biases of 4 bytes; the store reads it again.
  EXPECT_EQ(machine.bench.counters.buffer_read_bytes, 4 * (9 * 8 * 5 + 9 * 8 * 16 + 16 * 4 + 16 * 5));
  // Weights and input rows as they come, output rows as they are made.
  EXPECT_EQ(machine.bench.counters.buffer_write_bytes, 8 * 16 * 9 + 16 * 4 + 4 * 8 * 5 + 4 * 16 * 5);
}

TEST(LbdfEngine, ATransposedConvolutionCountsTheMacsOfTheModel) {
  GraphBuilder b("g");
  b.conv_transpose(b.input({4, 6, 6}), ConvSpec{8, square_window(3, 2, 1)});
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0}));
  EXPECT_EQ(machine.bench.counters.macs, mac_count(graph, graph.ops[0]));
  EXPECT_EQ(machine.bench.counters.macs, 16 * 16 * 4 * 8);  // 6 * 3 taps, 2 fall outside, in each direction
}

TEST(LbdfEngine, ASecondOutputSlotOverlapsTheStore) {
  GraphBuilder b("g");
  b.conv(b.input({8, 4, 5}), 16, 3);
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0}, {{0, 3}, {1, 2}}));
  // Rows 0 and 1 run from 20 to 308, with one start; row 3 finds a slot only then and takes 10, then rows 2
  // and 3, with another, and the last store.
  EXPECT_EQ(machine.cycles, 20 + (96 + 2 * 96) + 10 + (96 + 2 * 96) + 10);
}

TEST(LbdfEngine, PrefetchRowsHideTheLoad) {
  GraphBuilder b("g");
  b.conv(b.input({8, 4, 5}), 16, 3);
  const Graph graph = b.finish();
  Machine machine(graph);
  GroupSchedule group = lbdf_group(graph, {0}, {{0, 3}, {1, 2}});
  group.prefetch_rows = 1;
  machine.run(group);
  EXPECT_EQ(machine.cycles, 20 + 96 + 4 * 96 + 10);
}

TEST(LbdfEngine, ResidualBlockRunsInItsRings) {
  const Graph graph = residual_block();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0, 1, 2}, {{0, 3}, {1, 3}, {2, 1}, {3, 1}}));
  expect_reference(graph, machine);
  const int64_t weights = int64_t{2} * (8 * 8 * 9 + 8 * 4);
  EXPECT_EQ(machine.bench.scratchpad.allocated_bytes(), weights + int64_t{3 + 3 + 1 + 1} * 8 * 5);
}

TEST(LbdfEngine, ARingOneRowShortOfWhatTheWindowNeedsDeadlocksWithAReport) {
  const Graph graph = residual_block();
  Machine machine(graph);
  std::string message;
  const auto run = [&] { machine.run(lbdf_group(graph, {0, 1, 2}, {{0, 3}, {1, 2}, {2, 1}, {3, 1}})); };
  EXPECT_EQ(tripped_guard(run, &message), Guard::deadlock);
  EXPECT_THAT(
      message,
      HasSubstr("op 1 (conv_1) waits for row 2 of tensor 1 (t1) (ring holds rows 0 to 1, 2 of 2 slots)"));
  EXPECT_THAT(message, HasSubstr("op 0 (conv_0) waits for a slot for row 2 of tensor 1 (t1)"));
}

TEST(LbdfEngine, ARingOneRowShortOfWhatTheSkipNeedsDeadlocks) {
  // The add reads x one row behind the first convolution's window, and t1 holds 3 rows: a skip ring of 2
  // cannot feed both.
  const Graph graph = residual_block();
  Machine machine(graph);
  const auto run = [&] { machine.run(lbdf_group(graph, {0, 1, 2}, {{0, 2}, {1, 3}, {2, 1}, {3, 1}})); };
  EXPECT_EQ(tripped_guard(run), Guard::deadlock);
}

TEST(LbdfEngine, EarlyReleaseTripsTheResidencyGuard) {
  const Graph graph = residual_block();
  Machine machine(graph, Fault::early_release);
  const auto run = [&] { machine.run(lbdf_group(graph, {0, 1, 2}, {{0, 3}, {1, 3}, {2, 1}, {3, 1}})); };
  EXPECT_EQ(tripped_guard(run), Guard::row_not_resident);
}

TEST(LbdfEngine, RefusesAGroupThatDoesNotFit) {
  const Graph graph = residual_block();
  TestBench bench(graph, 10, 2 * (8 * 8 * 9 + 8 * 4) + 8 * 8 * 5);  // exactly what it needs
  LbdfEngine engine(bench.context());
  const auto run = [&] {
    run_in_thread([&] { engine.run_group(lbdf_group(graph, {0, 1, 2}, {{0, 3}, {1, 3}, {2, 1}, {3, 1}})); });
  };
  EXPECT_EQ(tripped_guard(run), Guard::scratchpad_overflow);
}

TEST(LbdfEngine, RefusesAMissingRing) {
  const Graph graph = residual_block();
  Machine machine(graph);
  const auto run = [&] { machine.run(lbdf_group(graph, {0, 1, 2}, {{0, 3}, {2, 1}, {3, 1}})); };
  EXPECT_EQ(tripped_guard(run), Guard::bad_schedule);
}

TEST(LbdfEngine, RefusesARingOfAForeignTensor) {
  const Graph graph = residual_block();
  Machine machine(graph);
  const auto run = [&] { machine.run(lbdf_group(graph, {0}, {{0, 3}, {1, 1}, {3, 1}})); };
  EXPECT_EQ(tripped_guard(run), Guard::bad_schedule);
}

TEST(LbdfEngine, RowsThatNobodyReadsPassThroughButAreFetched) {
  GraphBuilder b("g");
  b.conv(b.input({4, 9, 9}), ConvSpec{4, square_window(1, 4)});
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0}, {{0, 1}, {1, 1}}));
  EXPECT_EQ(machine.bench.memory.moved_rows(TransferKind::ifmap, 0), 9);
  EXPECT_EQ(machine.bench.scratchpad.high_water_bytes(), 4 * 4 + 4 * 4 + 4 * 9 + 4 * 3);
  expect_reference(graph, machine);
}

TEST(LbdfEngine, GlobalAvgPoolConsumesRowsOnArrival) {
  GraphBuilder b("g");
  b.global_avg_pool(b.conv(b.input({4, 7, 7}), 8, 1));
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0, 1}, {{0, 1}, {1, 1}, {2, 1}}));
  expect_reference(graph, machine);
  const int64_t weights = 4 * 8 + 8 * 4;
  EXPECT_EQ(machine.bench.scratchpad.allocated_bytes(),
            weights + (4 * 7 + 8 * 7 + 8 * 4));  // the sums: 4 bytes each
}

TEST(LbdfEngine, ActivationsInPlaceOwnNoRing) {
  GraphBuilder b("g");
  b.activation(b.activation(b.conv(b.input({4, 7, 7}), 8, 3), "Relu"), "Affine", true, true);
  const Graph graph = b.finish();
  Machine machine(graph);
  machine.run(lbdf_group(graph, {0, 1, 2}, {{0, 3}, {3, 1}}));
  expect_reference(graph, machine);
}

TEST(LbdfEngine, OutgoingTensorReadInside) {
  GraphBuilder b("g");
  const TensorId a = b.conv(b.input({4, 7, 7}), 4, 3);
  b.output(a);
  b.conv(a, 4, 3);
  expect_runs_whole(b.finish());
}

TEST(LbdfEngine, SqueezeAndExcite) {
  GraphBuilder b("g");
  const TensorId x = b.conv(b.input({4, 7, 7}), 8, 3);
  const TensorId squeezed = b.conv(b.conv(b.global_avg_pool(x), 2, 1), 8, 1);
  b.mul(x, squeezed);
  expect_runs_whole(b.finish());
}

TEST(LbdfEngine, PyramidWithDilation) {
  GraphBuilder b("g");
  const TensorId x = b.input({4, 33, 33});
  std::vector<TensorId> branches;
  for (const int64_t d : {6, 12, 18}) branches.push_back(b.conv(x, ConvSpec{4, square_window(3, 1, d, d)}));
  b.conv(b.concat(branches), 4, 1);
  expect_runs_whole(b.finish());
}

TEST(LbdfEngine, FireModuleWithPool) {
  GraphBuilder b("g");
  const TensorId squeeze = b.conv(b.input({8, 11, 11}), 4, 1);
  b.max_pool(b.concat({b.conv(squeeze, 8, 1), b.conv(squeeze, 8, 3)}), square_window(3, 2));
  expect_runs_whole(b.finish());
}

TEST(LbdfEngine, OneTensorTwiceInOneOp) {
  GraphBuilder b("g");
  const TensorId x = b.conv(b.input({4, 5, 5}), 4, 3);
  b.concat({b.add(x, x), x});
  expect_runs_whole(b.finish());
}

TEST(LbdfEngine, DecoderWithTransposedConvolutionAndResize) {
  GraphBuilder b("g");
  const TensorId x = b.conv(b.input({4, 6, 6}), 4, 3, 2);
  const TensorId up = b.conv_transpose(x, ConvSpec{4, square_window(4, 2, 1)});
  const TensorId resized = b.resize(x, 6, 6, {ResizeMode::linear, ResizeCoordinates::align_corners, {}});
  b.add(up, resized);
  expect_runs_whole(b.finish());
}

}  // namespace
}  // namespace fusesim::hw
