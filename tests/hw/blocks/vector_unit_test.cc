#include "blocks/vector_unit.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "testing/engine_bench.h"

namespace fusesim::hw {
namespace {

using testing::GraphBuilder;

TEST(VectorUnit, WorkWaitsForItsPorts) {
  GraphBuilder b("g");
  b.conv(b.input({1, 1, 1}), 1, 1);
  const Graph graph = b.finish();
  TestBench bench(graph);
  run_in_thread([&] {
    bench.vector.run(0, {320, {1920, 0}});
    EXPECT_EQ(bench.clock.now(), 10);
    bench.vector.run(0, {320, {1921, 0}});
    EXPECT_EQ(bench.clock.now(), 21);
    bench.vector.run(0, {320, {0, int64_t{12} * 128}});
    EXPECT_EQ(bench.clock.now(), 33);
  });
  EXPECT_EQ(bench.vector.port_bound_cycles(), 3);
}

}  // namespace
}  // namespace fusesim::hw
