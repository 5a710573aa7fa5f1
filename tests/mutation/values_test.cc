#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <utility>

#include "fusesim/hw/simulate.h"
#include "fusesim/reference/reference.h"
#include "fusesim/testing/child_process.h"
#include "fusesim/testing/graph_builder.h"
#include "fusesim/testing/random_schedule.h"
#include "fusesim/values/compare.h"
#include "outcome.h"

namespace fusesim::testing {
namespace {

/// Elements of stored tensors that are not the reference's, where nothing is guarded, as text.
std::string differing(const Config& config, const Schedule& schedule, Fault fault) {
  const Graph& graph = *schedule.graph;
  const SeededParameters parameters(graph, 1);
  const ReferenceRun reference =
      run_reference({graph, schedule.datatypes, parameters, parameters.inputs(), stored_tensors(schedule)});
  SimOptions options;
  options.fault = fault;
  options.values = {&reference.network};
  options.guarded = false;
  try {
    const SimResults results = simulate(config, {schedule}, options);
    return std::to_string(compare_values(graph, reference.values, results.runs.front().values).different);
  } catch (const SimulationError& e) {
    return std::string("stopped: ") + e.what();
  }
}

int64_t differences(const Config& config, const Schedule& schedule, Fault fault) {
  const ChildResult child = run_in_child([&] { return differing(config, schedule, fault); });
  EXPECT_TRUE(child.finished) << child.text;
  const bool number = !child.text.empty() && child.text.find_first_not_of("0123456789") == std::string::npos;
  EXPECT_TRUE(number) << child.text;
  return number ? std::stoll(child.text) : -1;
}

/// A machine without guards computes what the reference computes, and something else with the fault.
void expect_seen_in_values(const Config& config, const ScheduledNetwork& network, Fault fault) {
  EXPECT_EQ(differences(config, network.schedule, Fault::none), 0) << network.describe();
  const int64_t different = differences(config, network.schedule, fault);
  std::cout << to_string(fault) << ": " << different << " elements differ\n";
  EXPECT_GT(different, 0) << network.describe();
}

Graph two_convs() {
  GraphBuilder builder("two_convs");
  builder.conv(builder.conv(builder.input({8, 12, 6}), 8, 3), 8, 3);
  return builder.finish();
}

/// In tiles of two rows, weights streamed; the map between the two in slices or whole.
ScheduledNetwork tiled(const Config& config, Residency between) {
  ScheduledNetwork network = scheduled(two_convs(), {{0, 1}}, Scheme::brr, config);
  GroupSchedule& group = network.schedule.groups[0];
  group.mode = GroupMode::brr_tiles;
  group.brr = BrrSchedule{};
  group.brr.slice_channels = 4;
  group.brr.tile_rows = 2;
  group.brr.tiles = 6;
  group.brr.residency = {{0, Residency::full}, {1, between}, {2, Residency::full}};
  group.brr.double_buffer = config.brr.double_buffer;
  return network;
}

TEST(FaultsInValues, ARowReleasedEarly) {
  const Config config = small_machine(int64_t{64} * 1024);
  expect_seen_in_values(config, scheduled(two_convs(), {{0, 1}}, Scheme::lbdf, config), Fault::early_release);
}

TEST(FaultsInValues, AHaloOneRowShort) {
  const Config config = small_machine(4096);
  for (const Residency between : {Residency::full, Residency::slice})
    expect_seen_in_values(config, tiled(config, between), Fault::tile_halo_short);
}

TEST(FaultsInValues, AHaloOneColumnShort) {
  const Config config = small_machine(int64_t{64} * 1024);
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    ScheduledNetwork network = scheduled(two_convs(), {{0, 1}}, scheme, config);
    network.schedule.groups[0].strips = 2;
    expect_seen_in_values(config, network, Fault::strip_halo_short);
  }
}

TEST(FaultsInValues, SlicesOutOfOrder) {
  const Config config = small_machine(4096);
  expect_seen_in_values(config, tiled(config, Residency::slice), Fault::slice_out_of_order);
}

TEST(FaultsInValues, ASubGroupSkipped) {
  const Config config = small_machine(4096);
  expect_seen_in_values(config, tiled(config, Residency::slice), Fault::weight_subgroup_skipped);
}

TEST(FaultsInValues, APrefetchThatOverwrites) {
  Config config = small_machine(4096);
  config.brr.double_buffer = DoubleBuffer::all;
  expect_seen_in_values(config, tiled(config, Residency::slice), Fault::prefetch_past_capacity);
}

}  // namespace
}  // namespace fusesim::testing
