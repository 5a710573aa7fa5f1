#include <gtest/gtest.h>

#include <memory>

#include "cases.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kCases = 400;
constexpr int kSchedulesPerGroup = 25;

Config to_config(const CostParams& params) {
  Config config;
  config.datatypes = params.datatypes;
  config.pe.rows = params.pe_rows;
  config.brr.slice_channels = params.slice_channels;
  config.lbdf.prefetch_rows = params.prefetch_rows;
  config.buffer.capacity_bytes = int64_t{1} << 40;
  return config;
}

GroupSchedule to_schedule(const Case& c, const BruteBrrCandidate& candidate) {
  GroupSchedule group;
  group.ops = c.group;
  group.outgoing = boundary(c.graph, c.group).outgoing;
  run_as(candidate, c.cost.double_buffer, group);
  return group;
}

RowBytes rows_of(const std::vector<TensorTraffic>& tensors) {
  RowBytes rows;
  for (const TensorTraffic& t : tensors) rows[t.tensor] = t.row_bytes;
  return rows;
}

/// Any variant, tile height and weight mode, not only the best: bytes per row of every input and the
/// footprint.
TEST(PredictBruteForce, EveryScheduleOfAGroupAgrees) {
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Case c = random_case(seed);
    const BruteBrr brute = brute_brr(c.graph, c.group, c.brute);
    if (!brute.illegal_reason.empty() || c.graph.op(c.group.front()).kind == OpKind::opaque) continue;
    Schedule schedule;
    schedule.graph = std::make_shared<const Graph>(c.graph);
    schedule.datatypes = c.cost.datatypes;
    schedule.scheme = Scheme::brr;
    Random random(seed);
    std::vector<const BruteBrrCandidate*> chosen;
    chosen.reserve(kSchedulesPerGroup);
    for (int i = 0; i < kSchedulesPerGroup; ++i) chosen.push_back(&random.pick(brute.candidates));
    for (const BruteBrrCandidate* candidate : chosen) {
      schedule.groups.assign(1, to_schedule(c, *candidate));
      const GroupPrediction p = predict(schedule, to_config(c.cost)).groups.at(0);
      const std::string text = c.text() + "h " + std::to_string(candidate->tile_rows) + " g " +
                               std::to_string(candidate->slice_channels);
      ASSERT_EQ(p.traffic.ifmap_bytes, candidate->traffic.ifmap_bytes) << text;
      ASSERT_EQ(p.traffic.ofmap_bytes, candidate->traffic.ofmap_bytes) << text;
      ASSERT_EQ(p.traffic.weight_bytes, candidate->traffic.weight_bytes) << text;
      ASSERT_EQ(p.buffer_bytes, candidate->footprint_bytes) << text;
      ASSERT_EQ(p.f_beta_bytes, brute.f_beta_bytes) << text;
      ASSERT_EQ(rows_of(p.ifmaps), candidate->fetched) << text;
      ++compared;
    }
  }
  EXPECT_GT(compared, 4000);
}

}  // namespace
}  // namespace fusesim::testing
