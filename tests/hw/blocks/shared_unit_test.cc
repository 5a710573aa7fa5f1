#include "blocks/shared_unit.h"

#include <gtest/gtest.h>

#include <map>
#include <tuple>
#include <vector>

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
      bench.vector.run(id, {cycles * 32, {}});
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

/// Runs blocks of one unit: (id, asked for at this cycle, work); what each ended at, by id.
std::map<int64_t, int64_t> ends_of(const std::vector<std::tuple<int64_t, int64_t, UnitWork>>& blocks,
                                   int64_t* port_bound_cycles = nullptr) {
  std::map<int64_t, int64_t> ends;
  run_in_thread([&] {
    MachineClock clock(1'000'000);
    Activity compute(clock);
    SharedUnit unit(clock, compute);
    for (const auto& block : blocks) {
      sc_core::sc_spawn([&, block] {
        const auto& [id, at, work] = block;
        clock.wait_cycles(at);
        unit.occupy(id, work);
        ends[id] = clock.now();
      });
    }
    clock.wait_cycles(1000);
    EXPECT_EQ(unit.busy_cycles(), compute.busy_cycles());
    if (port_bound_cycles != nullptr) *port_bound_cycles = unit.port_bound_cycles();
  });
  return ends;
}

TEST(SharedUnit, StartsOnceForARunOfBlocksWithoutAGap) {
  // 1 and 2 ask at once and follow each other; 3 asks when 2 ends; 4 a cycle after 3 has ended
  const UnitWork work{10, 0, 7};
  const std::map<int64_t, int64_t> expected{{1, 17}, {2, 27}, {3, 37}, {4, 38 + 17}};
  EXPECT_EQ(ends_of({{1, 0, work}, {2, 0, work}, {3, 27, work}, {4, 38, work}}), expected);
}

TEST(SharedUnit, SaysWhatEachOfItsCyclesGoesTo) {
  run_in_thread([] {
    MachineClock clock(1'000'000);
    Activity compute(clock);
    SharedUnit unit(clock, compute, Cause::vector_unit);
    unit.occupy(3, {10, 0, 7});
    unit.occupy(4, {10, 14, 7});  // goes on without a gap
    const auto by_op = compute.log().causes(0, clock.now(), {});
    EXPECT_EQ(by_op.at(3)[Cause::fill], 7);
    EXPECT_EQ(by_op.at(3)[Cause::vector_unit], 10);
    EXPECT_EQ(by_op.at(4)[Cause::vector_unit], 10);
    EXPECT_EQ(by_op.at(4)[Cause::port], 4);
    EXPECT_EQ(by_op.at(3).total() + by_op.at(4).total(), clock.now());
  });
}

TEST(SharedUnit, ABlockTakesTheLongerOfComputingAndPorts) {
  int64_t port_bound_cycles = 0;
  const std::map<int64_t, int64_t> expected{{1, 5 + 10}, {2, 15 + 12}, {3, 27 + 4}};
  EXPECT_EQ(ends_of({{1, 0, {10, 9, 5}}, {2, 0, {10, 12, 5}}, {3, 0, {0, 4, 5}}}, &port_bound_cycles),
            expected);
  EXPECT_EQ(port_bound_cycles, 2 + 4);
}

TEST(SharedUnit, WorkOfNoCyclesIsNoBlock) {
  const std::map<int64_t, int64_t> expected{{1, 0}, {2, 15}};
  EXPECT_EQ(ends_of({{1, 0, {0, 0, 5}}, {2, 0, {10, 0, 5}}}), expected);
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
