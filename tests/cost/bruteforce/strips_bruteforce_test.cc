#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "cases.h"
#include "fusesim/base/error.h"
#include "fusesim/testing/brute_strips.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kCases = 1200;

/// What a group in strips comes to, strip by strip.
struct Expected {
  int64_t ifmap_bytes = 0;
  int64_t weight_bytes = 0;
  int64_t footprint_bytes = 0;
  RowBytes fetched;
};

/// A random group on wider maps than elsewhere, and a number of strips that its outgoing tensors allow.
struct StripCase {
  Case c;
  int64_t strips = 0;
  int64_t ofmap_bytes = 0;
  std::vector<BruteColumns> columns;
  bool complete = true;

  explicit StripCase(uint64_t seed) : c(random_case(seed)) {
    RandomGraphOptions options = seed / 4 % 2 == 0 ? RandomGraphOptions{} : RandomGraphOptions::tiny();
    options.max_width = 16;
    options.allow_opaque = false;
    c.graph = random_graph(seed, options);
    c.group = random_group(c.graph, seed, 8);
    int64_t most = 6;
    for (TensorId t : boundary(c.graph, c.group).outgoing) {
      most = std::min(most, c.graph.tensor(t).shape.w);
      ofmap_bytes += c.graph.tensor(t).shape.elements() * c.brute.activation_bytes;
    }
    if (most < 2) return;
    strips = 2 + static_cast<int64_t>(seed) % (most - 1);
    columns = brute_columns(c.graph, c.group, strips);
    for (const BruteColumns& strip : columns) {
      for (const auto& [t, range] : strip) complete = complete && range.first < range.second;
    }
  }

  std::string text() const { return c.text() + "in " + std::to_string(strips) + " strips"; }
  GroupSchedule group() const {
    GroupSchedule group;
    group.ops = c.group;
    group.outgoing = boundary(c.graph, c.group).outgoing;
    group.strips = strips;
    return group;
  }
};

GroupPrediction predicted(const StripCase& s, Scheme scheme, const GroupSchedule& group) {
  Schedule schedule;
  schedule.graph = std::make_shared<const Graph>(s.c.graph);
  schedule.datatypes = s.c.cost.datatypes;
  schedule.scheme = scheme;
  schedule.buffer_bytes = int64_t{1} << 40;
  schedule.groups = {group};
  Config config;
  config.datatypes = s.c.cost.datatypes;
  config.pe.rows = s.c.cost.pe_rows;
  config.brr.slice_channels = s.c.cost.slice_channels;
  config.lbdf.prefetch_rows = s.c.cost.prefetch_rows;
  config.buffer.capacity_bytes = schedule.buffer_bytes;
  return predict(schedule, config).groups.at(0);
}

void compare(const StripCase& s, const GroupPrediction& p, const Expected& want) {
  ASSERT_EQ(p.traffic.ifmap_bytes, want.ifmap_bytes) << s.text();
  ASSERT_EQ(p.traffic.ofmap_bytes, s.ofmap_bytes) << s.text();
  ASSERT_EQ(p.traffic.weight_bytes, want.weight_bytes) << s.text();
  ASSERT_EQ(p.buffer_bytes, want.footprint_bytes) << s.text();
}

GroupSchedule lbdf_group(const StripCase& s) {
  GroupSchedule group = s.group();
  group.prefetch_rows = s.c.brute.prefetch_rows;
  for (const auto& [tensor, rows] : brute_lbdf(s.c.graph, s.c.group, s.c.brute).ring_rows)
    group.rings.push_back({tensor, rows});
  return group;
}

TEST(StripsBruteForce, LineBufferedGroupsAgree) {
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const StripCase s(seed);
    if (s.strips < 2) continue;
    if (!s.complete) {
      EXPECT_THROW(predicted(s, Scheme::lbdf, lbdf_group(s)), Error) << s.text();
      continue;
    }
    Expected want;
    for (const BruteColumns& columns : s.columns) {
      const BruteLbdf strip = brute_lbdf(narrowed(s.c.graph, columns), s.c.group, s.c.brute);
      want.ifmap_bytes += strip.traffic.ifmap_bytes;
      want.weight_bytes = strip.traffic.weight_bytes;
      want.footprint_bytes = std::max(want.footprint_bytes, strip.f_beta_bytes);
    }
    compare(s, predicted(s, Scheme::lbdf, lbdf_group(s)), want);
    if (HasFatalFailure()) return;
    ++compared;
  }
  EXPECT_GT(compared, static_cast<int64_t>(kCases) / 4);
}

bool same_schedule(const BruteBrrCandidate& a, const BruteBrrCandidate& b) {
  return a.passes_mode == b.passes_mode && a.start_slice == b.start_slice && a.join_any == b.join_any &&
         a.slice_channels == b.slice_channels && a.tile_rows == b.tile_rows && a.tiles == b.tiles &&
         a.weights_resident == b.weights_resident && a.block_channels == b.block_channels;
}

GroupSchedule brr_group(const StripCase& s, const BruteBrrCandidate& candidate) {
  GroupSchedule group = s.group();
  run_as(candidate, s.c.cost.double_buffer, group);
  return group;
}

/// Weights come once if they are all on chip at the end of a strip.
Expected in_strips(const StripCase& s, const BruteBrrCandidate& candidate) {
  const bool stay = candidate.passes_mode ? candidate.tiles == 1 : candidate.weights_resident;
  Expected want;
  for (const BruteColumns& columns : s.columns) {
    const BruteBrr strip = brute_brr(narrowed(s.c.graph, columns), s.c.group, s.c.brute);
    const auto same =
        std::find_if(strip.candidates.begin(), strip.candidates.end(),
                     [&](const BruteBrrCandidate& other) { return same_schedule(candidate, other); });
    if (same == strip.candidates.end()) throw Error("no such schedule of a strip");
    want.ifmap_bytes += same->traffic.ifmap_bytes;
    want.weight_bytes = stay ? same->traffic.weight_bytes : want.weight_bytes + same->traffic.weight_bytes;
    want.footprint_bytes = std::max(want.footprint_bytes, same->footprint_bytes);
    for (const auto& [tensor, rows] : same->fetched) {
      std::vector<int64_t>& sum = want.fetched[tensor];
      sum.resize(rows.size(), 0);
      for (size_t y = 0; y < rows.size(); ++y) sum[y] += rows[y];
    }
  }
  return want;
}

TEST(StripsBruteForce, TiledGroupsAndWeightPassesAgree) {
  int64_t compared = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const StripCase s(seed);
    if (s.strips < 2 || !s.complete) continue;
    const BruteBrr whole = brute_brr(s.c.graph, s.c.group, s.c.brute);
    if (!whole.illegal_reason.empty()) continue;
    Random random(seed);
    const BruteBrrCandidate& candidate = random.pick(whole.candidates);
    const Expected want = in_strips(s, candidate);
    const GroupPrediction p = predicted(s, Scheme::brr, brr_group(s, candidate));
    compare(s, p, want);
    if (HasFatalFailure()) return;
    RowBytes fetched;
    for (const TensorTraffic& t : p.ifmaps) fetched[t.tensor] = t.row_bytes;
    ASSERT_EQ(fetched, want.fetched) << s.text();
    ++compared;
  }
  EXPECT_GT(compared, static_cast<int64_t>(kCases) / 5);
}

}  // namespace
}  // namespace fusesim::testing
