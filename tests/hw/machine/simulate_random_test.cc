#include <gtest/gtest.h>

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/random_graph.h"
#include "fusesim/testing/reference_evaluation.h"
#include "testing/lbdf_schedules.h"

namespace fusesim::hw {
namespace {

testing::BruteParams brute_params(const Config& config, const GroupSchedule& schedule) {
  testing::BruteParams params;
  params.activation_bytes = config.datatypes.activation_bytes;
  params.weight_bytes = config.datatypes.weight_bytes;
  params.bias_bytes = config.datatypes.bias_bytes;
  params.partial_sum_bytes = config.datatypes.partial_sum_bytes;
  params.prefetch_rows = schedule.prefetch_rows;
  return params;
}

void expect_group(const Graph& graph, const Config& config, const GroupSchedule& schedule,
                  const GroupResult& result) {
  const testing::BruteLbdf expected =
      testing::brute_lbdf(graph, schedule.ops, brute_params(config, schedule));
  EXPECT_EQ(result.payload.ifmap_bytes, expected.traffic.ifmap_bytes);
  EXPECT_EQ(result.payload.ofmap_bytes, expected.traffic.ofmap_bytes);
  EXPECT_EQ(result.payload.weight_bytes, expected.traffic.weight_bytes);
  EXPECT_LE(result.peak_buffer_bytes, result.allocated_bytes);
  const int64_t footprint = schedule.mode == GroupMode::opaque ? 0 : expected.f_beta_bytes;
  EXPECT_EQ(result.allocated_bytes, footprint);
}

/// Random networks, random plans, rings of the brute force: bytes, allocation and provenance agree, nothing
/// gets stuck.
void run_seeds(uint64_t first, uint64_t count, const testing::RandomGraphOptions& options,
               const Config& config = roomy_config()) {
  std::vector<Schedule> schedules;
  for (uint64_t seed = first; seed < first + count; ++seed) {
    auto graph = std::make_shared<const Graph>(testing::random_graph(seed, options));
    schedules.push_back(lbdf_schedule(graph, testing::random_plan(*graph, seed), config));
    for (GroupSchedule& group : schedules.back().groups) {
      if (group.mode == GroupMode::lbdf) group.prefetch_rows = config.lbdf.prefetch_rows;
    }
  }
  const SimResults results = simulate(config, schedules);
  for (size_t i = 0; i < schedules.size(); ++i) {
    const Graph& graph = *schedules[i].graph;
    SCOPED_TRACE("seed " + std::to_string(first + i));
    for (size_t g = 0; g < schedules[i].groups.size(); ++g) {
      SCOPED_TRACE("group " + std::to_string(g));
      expect_group(graph, config, schedules[i].groups[g], results.runs[i].groups[g]);
    }
    const auto reference = testing::reference_evaluation(graph);
    for (size_t o = 0; o < graph.outputs.size(); ++o) {
      EXPECT_EQ(results.runs[i].outputs[o].hashes, reference[o]) << "output " << o;
    }
  }
}

TEST(SimulateRandom, NetworksOfManySmallTensors) { run_seeds(1, 60, testing::RandomGraphOptions::tiny()); }
TEST(SimulateRandom, NetworksOfTheDefaultSize) { run_seeds(1000, 60, {}); }

TEST(SimulateRandom, AnotherMachine) {
  Config config = roomy_config();
  config.datatypes = {2, 1, 4, 4};
  config.pe = {8, 16, Dataflow::weight_stationary, 3};
  config.vector_unit.lanes = 4;
  config.clock_khz = 1'333'333;
  config.lbdf.prefetch_rows = 2;
  config.dma.setup_cycles = 0;
  run_seeds(2000, 40, testing::RandomGraphOptions::tiny(), config);
}

}  // namespace
}  // namespace fusesim::hw
