#include "opaque/engine.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/engine_bench.h"

namespace fusesim::hw {
namespace {

TEST(OpaqueEngine, StreamsInputsParametersAndOutputsOnceAndAllocatesNothing) {
  testing::GraphBuilder b("g");
  const TensorId x = b.input({4, 20, 3});
  const TensorId y = b.input({7, 1, 1});
  b.opaque({x, y, x}, {{4, 20, 3}, {5, 2, 2}}, 100, 3);
  const Graph graph = b.finish();
  TestBench bench(graph);
  OpaqueEngine engine(bench.context());
  GroupSchedule group;
  group.mode = GroupMode::opaque;
  group.ops = {0};
  group.outgoing = {2, 3};
  run_in_thread([&] { engine.run_group(group); });

  EXPECT_EQ(bench.memory.moved_rows(TransferKind::ifmap, x), 20);
  EXPECT_EQ(bench.memory.moved_rows(TransferKind::ifmap, y), 1);
  EXPECT_EQ(bench.memory.log().front().bytes, 100 + 3 * 4);
  EXPECT_EQ(bench.scratchpad.allocated_bytes(), 0);
  const auto reference = testing::reference_evaluation(graph);
  EXPECT_EQ(bench.memory.stored(2), reference[0]);
  EXPECT_EQ(bench.memory.stored(3), reference[1]);
}

TEST(OpaqueEngine, RefusesOtherOps) {
  testing::GraphBuilder b("g");
  b.conv(b.input({4, 4, 4}), 4, 1);
  const Graph graph = b.finish();
  TestBench bench(graph);
  OpaqueEngine engine(bench.context());
  GroupSchedule group;
  group.ops = {0};
  EXPECT_EQ(tripped_guard([&] { engine.run_group(group); }), SimulationError::Guard::bad_schedule);
}

}  // namespace
}  // namespace fusesim::hw
