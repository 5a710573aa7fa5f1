#include <gtest/gtest.h>

#include <iostream>

#include "exposure.h"
#include "fusesim/testing/brute_force.h"
#include "fusesim/testing/graph_builder.h"
#include "outcome.h"

namespace fusesim::testing {
namespace {

constexpr int64_t kKib = 1024;

Graph conv_chain() {
  GraphBuilder builder("conv_chain");
  TensorId t = builder.input({8, 12, 6});
  for (int i = 0; i < 3; ++i) t = builder.conv(t, 8, 3);
  return builder.finish();
}

/// Two 3x3 convolutions in tiles of two rows, input and weights streamed.
ScheduledNetwork tiled_chain(const Config& config) {
  GraphBuilder builder("tiled_chain");
  const TensorId x = builder.input({8, 12, 6});
  const TensorId t = builder.conv(x, 8, 3);
  const TensorId y = builder.conv(t, 8, 3);
  Graph graph = builder.finish();
  ScheduledNetwork network = scheduled(std::move(graph), {{0, 1}}, Scheme::brr, config);
  GroupSchedule& group = network.schedule.groups[0];
  group.mode = GroupMode::brr_tiles;
  group.brr = BrrSchedule{};
  group.brr.start = BrrStart::full;
  group.brr.slice_channels = 4;
  group.brr.tile_rows = 2;
  group.brr.tiles = 6;
  group.brr.residency = {{x, Residency::full}, {t, Residency::slice}, {y, Residency::full}};
  network.prediction = predict(network.schedule, config);
  return network;
}

void expect_caught(const Config& config, const ScheduledNetwork& network, Fault fault,
                   const std::string& by) {
  const Outcome clean = run_with_fault(config, network, Fault::none);
  ASSERT_FALSE(clean.noticed) << clean.caught_by << ": " << clean.text << "\n" << network.describe();
  const Outcome outcome = run_with_fault(config, network, fault);
  std::cout << to_string(fault) << ": caught by " << outcome.caught_by << " (" << outcome.text << ")\n";
  ASSERT_TRUE(outcome.noticed) << to_string(fault) << " stayed unnoticed\n" << network.describe();
  EXPECT_NE(outcome.caught_by.find(by), std::string::npos) << outcome.caught_by << ": " << outcome.text;
}

TEST(FixedMutation, RingShorterThanAChainOfThreeByThreeNeeds) {
  const Config config = small_machine(64 * kKib);
  ScheduledNetwork network = scheduled(conv_chain(), {{0, 1, 2}}, Scheme::lbdf, config);
  ASSERT_FALSE(run_with_fault(config, network, Fault::none).noticed);
  for (Ring& ring : network.schedule.groups[0].rings) {
    if (ring.rows != 3) continue;
    ring.rows = 2;
    network.prediction = predict(network.schedule, config);
    const Outcome outcome = run_with_fault(config, network, Fault::none);
    std::cout << "ring of t" << ring.tensor << " with 2 of 3 rows: caught by " << outcome.caught_by << " ("
              << outcome.text << ")\n";
    EXPECT_EQ(outcome.caught_by, "guard deadlock") << outcome.text;
    ring.rows = 3;
  }
}

TEST(FixedMutation, RowReleasedEarly) {
  const Config config = small_machine(64 * kKib);
  expect_caught(config, scheduled(conv_chain(), {{0, 1, 2}}, Scheme::lbdf, config), Fault::early_release,
                "guard row_not_resident");
}

TEST(FixedMutation, TileHaloOneRowShort) {
  const Config config = small_machine(4 * kKib);
  expect_caught(config, tiled_chain(config), Fault::tile_halo_short, "");
}

TEST(FixedMutation, WeightSubgroupFetchedTwice) {
  const Config config = small_machine(4 * kKib);
  expect_caught(config, tiled_chain(config), Fault::weight_subgroup_twice, "byte count");
}

TEST(FixedMutation, WeightSubgroupSkipped) {
  const Config config = small_machine(4 * kKib);
  expect_caught(config, tiled_chain(config), Fault::weight_subgroup_skipped, "byte count + provenance");
}

TEST(FixedMutation, SliceOutOfOrder) {
  const Config config = small_machine(4 * kKib);
  expect_caught(config, tiled_chain(config), Fault::slice_out_of_order, "provenance");
}

TEST(FixedMutation, ShuffleThatLeavesChannelsWhereTheyAre) {
  const Config config = small_machine(int64_t{16} * 1024);
  for (const Scheme scheme : {Scheme::lbdf, Scheme::brr}) {
    GraphBuilder builder("shuffle");
    const TensorId x = builder.conv(builder.input({8, 12, 6}), 12, 1);
    builder.conv(builder.channel_shuffle(x, 3), 8, 3);
    expect_caught(config, scheduled(builder.finish(), {{0, 1, 2}}, scheme, config),
                  Fault::channels_unshuffled, "provenance");
  }
}

}  // namespace
}  // namespace fusesim::testing
