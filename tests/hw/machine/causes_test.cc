#include <gtest/gtest.h>

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/graph_builder.h"
#include "testing/lbdf_schedules.h"

// What the cycles of whole runs go to, where arithmetic says it. That they add up is checked on random
// networks (tests/property) and by the machine itself.

namespace fusesim::hw {
namespace {

using testing::GraphBuilder;

/// conv 3x3 16 -> 32 on 12x10.
std::shared_ptr<const Graph> one_conv() {
  GraphBuilder b("one");
  b.conv(b.input({16, 12, 10}), 32, 3);
  return std::make_shared<const Graph>(b.finish());
}

/// Refreshes would be due long after the run.
Config quiet_config() {
  Config config = roomy_config();
  config.dram.refi = 1'000'000'000;
  return config;
}

GroupResult only_group(const Config& config, const Schedule& schedule) {
  return simulate(config, {schedule}).runs.at(0).groups.at(0);
}

int64_t sum(const GroupResult& group) { return group.causes.total(); }

TEST(CausesOfARun, TheArrayHasItsClosedFormAndTheRestIsWaited) {
  const Config config = quiet_config();
  const GroupResult group = only_group(config, lbdf_schedule(one_conv(), {{0}}, config));
  // 12 rows of 10 positions, ceil(9 * 16 / 32) reduction steps, each at least the 32 cycles that weights take
  EXPECT_EQ(group.causes[Cause::array] + group.causes[Cause::port] + group.causes[Cause::fill],
            group.cycles.pe_busy);
  EXPECT_EQ(group.causes[Cause::array], 12 * 5 * 32);
  EXPECT_EQ(group.causes[Cause::vector_unit], 0);
  EXPECT_GT(group.causes[Cause::weights], 0);
  EXPECT_GT(group.causes[Cause::ofmap], 0);
  EXPECT_EQ(sum(group), group.cycles.total);
}

TEST(CausesOfARun, ASlowPortIsNamed) {
  Config config = quiet_config();
  config.buffer.read_bytes_per_cycle = 1;
  const GroupResult group = only_group(config, lbdf_schedule(one_conv(), {{0}}, config));
  EXPECT_EQ(group.causes.largest(), Cause::port);
  EXPECT_EQ(group.causes[Cause::array], 12 * 5 * 32);
  EXPECT_EQ(group.causes[Cause::port], group.cycles.port_bound);
}

TEST(CausesOfARun, AnOpaqueOpWaitsForWhatItMovesInTurn) {
  GraphBuilder b("opaque");
  b.opaque({b.input({8, 40, 10})}, {{8, 4, 4}}, 5000);
  const Config config = quiet_config();
  const GroupResult group =
      only_group(config, lbdf_schedule(std::make_shared<const Graph>(b.finish()), {{0}}, config));
  const double bytes_per_cycle = 19.2;  // DDR4-2400 at 1 GHz
  EXPECT_GE(static_cast<double>(group.causes[Cause::weights]), 5000 / bytes_per_cycle);
  EXPECT_GE(static_cast<double>(group.causes[Cause::ifmap]), 3200 / bytes_per_cycle);
  EXPECT_EQ(group.causes[Cause::vector_unit], 8 * 4 * 4 / 32);
  EXPECT_GT(group.causes[Cause::ofmap], 0);
  EXPECT_EQ(group.causes[Cause::array] + group.causes[Cause::fill], 0);
  EXPECT_EQ(sum(group), group.cycles.total);
  EXPECT_EQ(group.ops.at(0).cycles.total(), group.cycles.total);
}

/// The one op reads 4000 rows of 100 bytes from DRAM and stores them.
TEST(CausesOfARun, RefreshesTakeTheirShareOfWhatIsWaited) {
  GraphBuilder b("long");
  b.activation(b.input({10, 4000, 10}), "Relu");
  const auto graph = std::make_shared<const Graph>(b.finish());
  Config config = quiet_config();
  const GroupResult without = only_group(config, lbdf_schedule(graph, {{0}}, config));
  EXPECT_EQ(without.dram.refreshes, 0);
  EXPECT_GT(without.causes[Cause::dram_overhead], 0);  // turns between rows that come and rows that leave
}

TEST(CausesOfARun, RefreshesAreAboutRfcCyclesEach) {
  GraphBuilder b("long");
  b.opaque({b.input({64, 2000, 10})}, {{1, 1, 1}}, 0);
  const auto graph = std::make_shared<const Graph>(b.finish());
  const Config config = roomy_config();  // refreshes come; nothing but reads
  const GroupResult group = only_group(config, lbdf_schedule(graph, {{0}}, config));
  ASSERT_GT(group.dram.refreshes, 4);
  const double each =
      static_cast<double>(config.dram.rfc * config.clock_khz) / static_cast<double>(config.dram.clock_khz);
  // give or take a cycle each for the two clocks, and one turn at the end
  EXPECT_NEAR(static_cast<double>(group.causes[Cause::dram_overhead]),
              each * static_cast<double>(group.dram.refreshes),
              static_cast<double>(group.dram.refreshes + config.dram.wtr_l + config.dram.cl));
  EXPECT_EQ(group.causes.largest(), Cause::ifmap);
}

TEST(CausesOfARun, OpsShareTheCyclesOfTheirGroup) {
  GraphBuilder b("two");
  b.activation(b.conv(b.input({16, 12, 10}), 32, 3), "Relu");
  const auto graph = std::make_shared<const Graph>(b.finish());
  const Config config = quiet_config();
  const RunResult run = simulate(config, {lbdf_schedule(graph, {{0, 1}}, config)}).runs.at(0);
  const GroupResult& group = run.groups.at(0);
  ASSERT_EQ(group.ops.size(), 2U);
  EXPECT_EQ(group.ops[0].cycles[Cause::array], group.causes[Cause::array]);
  EXPECT_EQ(group.ops[1].cycles[Cause::vector_unit], group.causes[Cause::vector_unit]);
  EXPECT_EQ(group.ops[1].vector_ops, group.vector_ops);
  EXPECT_EQ(group.ops[0].macs, group.macs);
  EXPECT_EQ(group.ops[0].payload.ifmap_bytes, 16 * 12 * 10);
  EXPECT_EQ(group.ops[1].payload.ofmap_bytes, 32 * 12 * 10);
  EXPECT_EQ(group.ops[0].bursts + group.ops[1].bursts, group.dram.reads + group.dram.writes);
  EXPECT_EQ(group.ops[0].row_hits + group.ops[1].row_hits, group.dram.row_hits);
  EXPECT_EQ(run.causes.total(), run.cycles.total);
}

}  // namespace
}  // namespace fusesim::hw
