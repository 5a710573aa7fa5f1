#include <gtest/gtest.h>

#include <algorithm>

#include "cases.h"
#include "fusesim/testing/cost_model.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kCases = 1500;

std::map<TensorId, int64_t> rings_of(const testing::LbdfCost& cost) {
  std::map<TensorId, int64_t> rings;
  for (const Ring& ring : cost.rings) rings[ring.tensor] = ring.rows;
  return rings;
}

TEST(LbdfBruteForce, RingsAndBytesAgree) {
  int64_t fused = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Case c = random_case(seed);
    const BruteLbdf brute = brute_lbdf(c.graph, c.group, c.brute);
    const testing::LbdfCost cost = testing::CostModel(c.graph, c.cost).lbdf(c.group);
    ASSERT_EQ(rings_of(cost), brute.ring_rows) << c.text();
    ASSERT_EQ(cost.f_beta_bytes, brute.f_beta_bytes) << c.text();
    ASSERT_EQ(cost.traffic.ifmap_bytes, brute.traffic.ifmap_bytes) << c.text();
    ASSERT_EQ(cost.traffic.ofmap_bytes, brute.traffic.ofmap_bytes) << c.text();
    ASSERT_EQ(cost.traffic.weight_bytes, brute.traffic.weight_bytes) << c.text();
    fused += c.group.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(fused, static_cast<int64_t>(kCases) / 2);
}

TEST(LbdfBruteForce, ShortFormsAgreeWithTheLongOne) {
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Case c = random_case(seed);
    const testing::CostModel model(c.graph, c.cost);
    const testing::LbdfCost cost = model.lbdf(c.group);
    ASSERT_EQ(model.lbdf_f_beta(c.group), cost.f_beta_bytes) << c.text();
    ASSERT_TRUE(model.lbdf_traffic(c.group) == cost.traffic) << c.text();
  }
}

/// Rings of the cost model's sizes never block, in whatever order ops fire, and every external row comes
/// once.
TEST(LbdfBruteForce, SelfTimedRunsCompleteWithTheseRings) {
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Case c = random_case(seed);
    if (c.graph.op(c.group.front()).kind == OpKind::opaque) continue;
    const testing::LbdfCost cost = testing::CostModel(c.graph, c.cost).lbdf(c.group);
    for (uint64_t order = 0; order < 3; ++order) {
      const std::optional<RowBytes> moved = self_timed_run(c.graph, c.group, rings_of(cost), order);
      ASSERT_TRUE(moved.has_value()) << "stuck, " << c.text();
      int64_t bytes = 0;
      for (const auto& [tensor, rows] : *moved) {
        for (int64_t row : rows)
          bytes += row / c.graph.tensor(tensor).shape.w * channel_bytes(c.graph, tensor, c.brute);
      }
      ASSERT_EQ(c.graph.batch * bytes, cost.traffic.ifmap_bytes + cost.traffic.ofmap_bytes) << c.text();
    }
  }
}

/// The simulation can get stuck at all: one row less somewhere blocks many groups.
TEST(LbdfBruteForce, ShorterRingsDoBlock) {
  int64_t blocked = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const Case c = random_case(seed);
    if (c.graph.op(c.group.front()).kind == OpKind::opaque) continue;
    std::map<TensorId, int64_t> rings = brute_lbdf(c.graph, c.group, c.brute).ring_rows;
    for (auto& [tensor, rows] : rings) rows = std::max<int64_t>(1, rows - 1);
    blocked += self_timed_run(c.graph, c.group, rings, seed).has_value() ? 0 : 1;
  }
  EXPECT_GT(blocked, 50);
}

}  // namespace
}  // namespace fusesim::testing
