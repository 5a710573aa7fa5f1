#include "fusesim/hw/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <systemc>

#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/guard.h"
#include "testing/lbdf_schedules.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;
using ::testing::Each;
using testing::GraphBuilder;
using ::testing::HasSubstr;

/// Two 3x3 convolutions and an identity add.
std::shared_ptr<const Graph> residual_block() {
  GraphBuilder b("residual");
  const TensorId x = b.input({8, 6, 5});
  b.add(b.conv(b.conv(x, 8, 3), 8, 3), x);
  return std::make_shared<const Graph>(b.finish());
}

/// An opaque op between convolutions.
std::shared_ptr<const Graph> mixed_network() {
  GraphBuilder b("mixed");
  const TensorId x = b.conv(b.input({3, 9, 7}), 8, 3, 2);
  const TensorId y = b.opaque({x}, {{8, 5, 4}}, 10).front();
  b.global_avg_pool(b.add(b.conv(y, 8, 1), x));
  return std::make_shared<const Graph>(b.finish());
}

std::string error_of(const Config& config, const std::vector<Schedule>& schedules) {
  try {
    simulate(config, schedules);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Simulate, CountsThePayloadOfEveryRow) {
  const auto graph = residual_block();
  const Config config = roomy_config();
  const SimResults results = simulate(config, {lbdf_schedule(graph, {{0, 1, 2}}, config)});
  const GroupResult& group = results.runs.at(0).groups.at(0);
  EXPECT_EQ(group.payload.ifmap_bytes, 8 * 6 * 5);
  EXPECT_EQ(group.payload.ofmap_bytes, 8 * 6 * 5);
  EXPECT_EQ(group.payload.weight_bytes, 2 * (8 * 8 * 9 + 8 * 4));
  ASSERT_EQ(group.ifmaps.size(), 1U);
  EXPECT_EQ(group.ifmaps[0].row_bytes.size(), 6U);
  EXPECT_THAT(group.ifmaps[0].row_bytes, Each(8 * 5));
  EXPECT_THAT(group.weight_bytes, ::testing::ElementsAre(8 * 8 * 9 + 8 * 4, 8 * 8 * 9 + 8 * 4, 0));
}

TEST(Simulate, OutputsCarryTheReferenceProvenanceAcrossGroups) {
  const auto graph = mixed_network();
  const Config config = roomy_config();
  const SimResults results = simulate(config, {lbdf_schedule(graph, {{0}, {1}, {2, 3, 4}}, config)});
  EXPECT_EQ(results.runs.at(0).outputs.at(0).hashes, testing::reference_evaluation(*graph).at(0));
}

void expect_same(const RunResult& a, const RunResult& b) {
  EXPECT_EQ(a.cycles.total, b.cycles.total);
  EXPECT_EQ(a.cycles.stall, b.cycles.stall);
  EXPECT_EQ(a.cycles.dram_busy, b.cycles.dram_busy);
  EXPECT_EQ(a.dram.activates, b.dram.activates);
  EXPECT_EQ(a.dram.row_hits, b.dram.row_hits);
  EXPECT_EQ(a.dram.refreshes, b.dram.refreshes);
  EXPECT_EQ(a.dram.busy_cycles, b.dram.busy_cycles);
  EXPECT_EQ(a.energy.total_pj(), b.energy.total_pj());
  EXPECT_EQ(a.outputs.at(0).hashes, b.outputs.at(0).hashes);
}

TEST(Simulate, WhatRanBeforeDoesNotMatter) {
  Config config = roomy_config();
  config.clock_khz = 1'500'000;
  const Schedule a = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  const Schedule b = lbdf_schedule(mixed_network(), {{0}, {1}, {2, 3, 4}}, config);
  const SimResults results = simulate(config, {a, b, b, a});
  expect_same(results.runs.at(0), results.runs.at(3));
  expect_same(results.runs.at(1), results.runs.at(2));
}

TEST(Simulate, CyclesAddUp) {
  const auto graph = mixed_network();
  const Config config = roomy_config();
  const RunResult run = simulate(config, {lbdf_schedule(graph, {{0}, {1}, {2, 3, 4}}, config)}).runs.at(0);
  for (const GroupResult& group : run.groups) {
    const CycleCounts& c = group.cycles;
    EXPECT_GE(c.total, std::max(c.pe_busy, c.vector_busy));
    EXPECT_LE(c.total - c.stall, c.pe_busy + c.vector_busy);
    EXPECT_GE(c.total - c.stall, std::max(c.pe_busy, c.vector_busy));
    EXPECT_GT(c.dram_busy, 0);
    EXPECT_LE(c.dram_busy, c.total);
  }
  EXPECT_EQ(run.cycles.total,
            run.groups[0].cycles.total + run.groups[1].cycles.total + run.groups[2].cycles.total);
}

TEST(Simulate, EnergyUtilisationAndBandwidthFollowFromTheCounts) {
  Config config = roomy_config();
  config.clock_khz = 500'000;
  config.energy = {0.5, 0, 0.0, 0.0, 0, 0, 0, 0, 0, 0.0, 0.0, 0.0, 0};
  config.energy.dram_activate_pj = 1000;
  config.energy.static_mw = 20;
  const RunResult run = simulate(config, {lbdf_schedule(residual_block(), {{0, 1, 2}}, config)}).runs.at(0);
  const double macs = 2.0 * 6 * 5 * 8 * 8 * 9;
  const double seconds = static_cast<double>(run.cycles.total) / 500e6;
  EXPECT_NEAR(run.energy.total_pj(),
              0.5 * macs + 1000.0 * static_cast<double>(run.dram.activates) + 20e-3 * seconds * 1e12, 1e-6);
  EXPECT_NEAR(run.pe_utilization, macs / (static_cast<double>(run.cycles.total) * 1024), 1e-12);
  EXPECT_NEAR(run.bandwidth_bytes_per_s, (240.0 + 240 + 1216) / seconds, 1);
}

TEST(Simulate, EveryPartOfTheEnergyFollowsFromItsCounts) {
  Config config = roomy_config();
  config.clock_khz = 250'000;
  config.dram.ranks = 2;
  config.energy = {0.5, 0.25, 2.0, 3.0, 100, 10, 20, 1000, 30, 15.0, {}, {}, 40};
  const RunResult run =
      simulate(config, {lbdf_schedule(mixed_network(), {{0}, {1}, {2, 3, 4}}, config)}).runs.at(0);
  EnergyParts sum;
  for (const GroupResult& group : run.groups) {
    const EnergyParts& parts = group.energy;
    const auto count = [](int64_t n) { return static_cast<double>(n); };
    const double ns = 4.0 * count(group.cycles.total);  // a mW is a pJ per ns
    EXPECT_DOUBLE_EQ(parts.array_pj, 0.5 * count(group.macs));
    EXPECT_DOUBLE_EQ(parts.vector_pj, 0.25 * count(group.vector_ops));
    EXPECT_DOUBLE_EQ(parts.buffer_pj,
                     2 * count(group.buffer_read_bytes) + 3 * count(group.buffer_write_bytes));
    EXPECT_DOUBLE_EQ(parts.dram_pj, 100 * count(group.dram.activates) + 10 * count(group.dram.reads) +
                                        20 * count(group.dram.writes));
    const double active_ns = count(group.dram.active_cycles) / 1.2;  // of both ranks
    EXPECT_NEAR(parts.dram_background_pj,
                1000 * count(group.dram.refreshes) + 30 * active_ns + 15 * (2 * ns - active_ns), 1e-6);
    EXPECT_GT(active_ns, 0);
    EXPECT_NEAR(parts.static_pj, 40 * ns, 1e-6);
    sum += parts;
  }
  EXPECT_DOUBLE_EQ(run.energy.total_pj(), sum.total_pj());
  EXPECT_GT(run.energy.vector_pj, 0);
}

TEST(Simulate, CyclesThatBlocksWaitForThePortsAreCounted) {
  Config config = roomy_config();
  const Schedule wide = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  config.buffer.read_bytes_per_cycle = 1;
  const CycleCounts cycles = simulate(config, {wide}).runs.at(0).cycles;
  // A row of either convolution: 8 inputs at 9 taps are 3 steps of 32 cycles; it reads 72 * 5 inputs, 72 * 8
  // weights and 8 biases of 4 bytes. A row of the add reads 80 bytes and computes for 2 cycles.
  EXPECT_EQ(cycles.port_bound, 6 * (2 * (360 + 576 + 32 - 96) + 80 - 2));
}

TEST(Simulate, EarlyReleaseIsCaughtWithThePlace) {
  const Config config = roomy_config();
  SimOptions options;
  options.fault = Fault::early_release;
  const Schedule schedule = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  std::string message;
  EXPECT_EQ(tripped_guard([&] { simulate(config, {schedule}, options); }, &message), Guard::row_not_resident);
  EXPECT_THAT(message, ::testing::StartsWith("group 0: tensor "));
}

TEST(Simulate, AShortRingIsADeadlockWithAReport) {
  const Config config = roomy_config();
  Schedule schedule = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  schedule.groups[0].rings[1].rows = 2;
  std::string message;
  EXPECT_EQ(tripped_guard([&] { simulate(config, {schedule}); }, &message), Guard::deadlock);
  EXPECT_THAT(message, HasSubstr("waits for row 2 of tensor 1 (t1)"));
}

TEST(Simulate, ABufferThatIsExactlyFullIsRefused) {
  Config config = roomy_config();
  const auto graph = residual_block();
  config.buffer.capacity_bytes = 2 * (8 * 8 * 9 + 8 * 4) + (3 + 3 + 1 + 1) * 8 * 5;
  const Schedule schedule = lbdf_schedule(graph, {{0, 1, 2}}, config);
  EXPECT_EQ(tripped_guard([&] { simulate(config, {schedule}); }), Guard::scratchpad_overflow);
}

TEST(Simulate, RefusesSchedulesThatDoNotFitTheConfiguration) {
  const Config config = roomy_config();
  Schedule schedule = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  schedule.buffer_bytes = 1;
  EXPECT_THAT(error_of(config, {schedule}), HasSubstr("schedule 0: buffer_bytes: expected the capacity"));
  schedule.buffer_bytes = config.buffer.capacity_bytes;
  schedule.datatypes.weight_bytes = 2;
  EXPECT_THAT(error_of(config, {schedule}),
              HasSubstr("schedule 0: datatypes: expected those of the configuration"));
  schedule.datatypes = config.datatypes;
  schedule.groups.front().ops.pop_back();
  EXPECT_THAT(error_of(config, {schedule}), HasSubstr("schedule 0: "));
}

TEST(Simulate, ASecondCallIsRefused) {
  const Config config = roomy_config();
  const Schedule schedule = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  simulate(config, {schedule});
  EXPECT_THAT(error_of(config, {schedule}), HasSubstr("one call per process"));
}

TEST(Simulate, AWarningOfTheKernelIsAnError) {
  const Config config = roomy_config();
  SimOptions options;
  options.progress = [](void*, size_t, size_t, size_t) { SC_REPORT_WARNING("planted", "a warning"); };
  const Schedule schedule = lbdf_schedule(residual_block(), {{0, 1, 2}}, config);
  try {
    simulate(config, {schedule}, options);
    FAIL() << "expected an Error";
  } catch (const Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("SystemC: Warning: planted: a warning"));
  }
}

TEST(Simulate, ReportsProgressGroupByGroup) {
  const Config config = roomy_config();
  std::vector<size_t> groups;
  SimOptions options;
  options.progress_context = &groups;
  options.progress = [](void* context, size_t, size_t group, size_t count) {
    EXPECT_EQ(count, 3U);
    static_cast<std::vector<size_t>*>(context)->push_back(group);
  };
  simulate(config, {lbdf_schedule(mixed_network(), {{0}, {1}, {2, 3, 4}}, config)}, options);
  EXPECT_THAT(groups, ::testing::ElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace fusesim::hw
