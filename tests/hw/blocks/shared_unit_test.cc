#include "blocks/shared_unit.h"

#include <gtest/gtest.h>

#include "fusesim/testing/graph_builder.h"
#include "testing/engine_bench.h"

namespace fusesim::hw {
namespace {

using testing::GraphBuilder;

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
