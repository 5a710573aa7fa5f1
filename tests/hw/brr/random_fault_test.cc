#include <gtest/gtest.h>

#include "brr_bench.h"
#include "fusesim/testing/random_graph.h"
#include "geometry.h"
#include "units.h"

namespace fusesim::hw {
namespace {

using testing::BruteBrrCandidate;

/// Rows of some tensor belong to two tiles.
bool tiles_overlap(const BrrGroup& group, const BrrGeometry& geometry) {
  for (size_t t = 0; t < group.tensors.size(); ++t) {
    for (int64_t i = 0; i + 1 < geometry.tiles(); ++i) {
      const RowRange rows = geometry.rows(static_cast<int>(t), i);
      const RowRange next = geometry.rows(static_cast<int>(t), i + 1);
      if (!rows.empty() && !next.empty() && next.first < rows.last) return true;
    }
  }
  return false;
}

bool slices_can_swap(const BrrGroup& group) {
  for (const BrrUnit& unit : brr_units(group)) {
    if (unit.slices.size() < 2) continue;
    const BrrSlice& a = unit.slices[0];
    const BrrSlice& b = unit.slices[1];
    if (a.passed_by < 0 && b.passed_by < 0 && a.channels.size() == b.channels.size()) return true;
  }
  return false;
}

bool applies(const Graph& graph, const GroupSchedule& schedule, const BruteBrrCandidate& c, Fault fault) {
  if (fault == Fault::weight_subgroup_twice || fault == Fault::weight_subgroup_skipped) {
    return c.traffic.weight_bytes > 0;
  }
  if (c.passes_mode) return false;
  const BrrGroup group = view_tiled_group(graph, schedule);
  if (fault == Fault::slice_out_of_order) return slices_can_swap(group);
  return tiles_overlap(group, BrrGeometry(group, c.tile_rows));
}

bool caught(const Graph& graph, const GroupSchedule& schedule, const BruteBrrCandidate& c,
            const testing::BruteParams& params, Fault fault) {
  BrrBench bench(graph, config_of(params));
  try {
    bench.run(schedule, fault);
  } catch (const SimulationError& e) {
    return true;
  }
  return bench.memory.weight_bytes() != c.traffic.weight_bytes ||
         bench.memory.ifmap_bytes() != c.traffic.ifmap_bytes || !bench.memory.wrong().empty();
}

struct Tally {
  int planted = 0;
  int caught = 0;
};

/// Plants the fault in one schedule of each of many random groups.
Tally plant(Fault fault) {
  const testing::BruteParams params{1, 1, 4, 4, 4, {4, 2, 1}, 0};
  Tally tally;
  run_in_thread([&] {
    for (uint64_t seed = 0; seed < 400; ++seed) {
      const Graph graph = testing::random_graph(seed, testing::RandomGraphOptions::tiny());
      const Group ops = testing::random_group(graph, seed, 12);
      if (graph.op(ops.front()).kind == OpKind::opaque) continue;
      const testing::BruteBrr brute = testing::brute_brr(graph, ops, params);
      if (!brute.illegal_reason.empty()) continue;
      testing::Random random(seed);
      const BruteBrrCandidate& c = random.pick(brute.candidates);
      const GroupSchedule schedule = to_schedule(graph, ops, params, c);
      if (!applies(graph, schedule, c, fault)) continue;
      ++tally.planted;
      tally.caught += caught(graph, schedule, c, params, fault) ? 1 : 0;
    }
  });
  return tally;
}

TEST(BrrRandomFault, EverySubgroupFetchedTwiceIsCaught) {
  const Tally tally = plant(Fault::weight_subgroup_twice);
  EXPECT_GT(tally.planted, 100);
  EXPECT_EQ(tally.caught, tally.planted);
}

TEST(BrrRandomFault, EverySkippedSubgroupIsCaught) {
  const Tally tally = plant(Fault::weight_subgroup_skipped);
  EXPECT_GT(tally.planted, 100);
  EXPECT_EQ(tally.caught, tally.planted);
}

// A dilated window may skip the very row that is missing, and slices of a map may be read nowhere but in
// padding: then nothing is wrong.

TEST(BrrRandomFault, ShortHalosAreCaught) {
  const Tally tally = plant(Fault::tile_halo_short);
  EXPECT_GT(tally.planted, 50);
  EXPECT_GE(tally.caught * 100, tally.planted * 98);
}

TEST(BrrRandomFault, SwappedSlicesAreCaught) {
  const Tally tally = plant(Fault::slice_out_of_order);
  EXPECT_GT(tally.planted, 50);
  EXPECT_GE(tally.caught * 100, tally.planted * 98);
}

}  // namespace
}  // namespace fusesim::hw
