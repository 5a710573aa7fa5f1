#include "blocks/pe_array.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "testing/engine_bench.h"

namespace fusesim::hw {
namespace {

using testing::GraphBuilder;

TEST(PeArray, BlocksWaitForTheirPorts) {
  // depthwise, 32 channels, 9 taps, 32 positions: 288 inputs each, 288 weights, no biases: 9504 bytes at 192
  GraphBuilder b("g");
  testing::ConvSpec spec{32, testing::square_window(3, 1, 1), 32, false};
  b.conv(b.input({32, 4, 32}), spec);
  const Graph graph = b.finish();
  TestBench bench(graph);
  run_in_thread([&] {
    const RowBlock block = row_block(graph, graph.ops[0], {0, 1});
    bench.pe.run(0, block);
    EXPECT_EQ(bench.clock.now(), 64 + 32 + 50);
    bench.pe.run(0, block);
  });
  EXPECT_EQ(bench.clock.now(), 64 + 32 + 2 * 50);
  EXPECT_EQ(bench.pe.busy_cycles(), bench.clock.now());
  EXPECT_EQ(bench.pe.port_bound_cycles(), 2 * (50 - 32));
}

TEST(PeArray, CountsNothingOfWhatRanBeforeAReset) {
  GraphBuilder b("g");
  b.conv(b.input({8, 4, 5}), 16, 3);
  const Graph graph = b.finish();
  TestBench bench(graph);
  run_in_thread([&] {
    const RowBlock block = row_block(graph, graph.ops[0], {0, 1});
    bench.pe.run(0, block);
    bench.pe.reset();
    bench.pe.run(0, block);  // starts anew
    EXPECT_EQ(bench.pe.busy_cycles(), 64 + 32 + 3 * 32);
    EXPECT_EQ(bench.pe.port_bound_cycles(), 0);
  });
}

}  // namespace
}  // namespace fusesim::hw
