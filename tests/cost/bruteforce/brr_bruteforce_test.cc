#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cases.h"
#include "fusesim/testing/cost_model.h"

namespace fusesim::testing {
namespace {

constexpr uint64_t kCases = 800;

/// Buffer sizes around what the group's schedules need: below, at, and above a sample of their footprints.
std::vector<int64_t> buffer_sizes(const BruteBrr& brute, Random& random) {
  std::vector<int64_t> sizes{brute.f_beta_bytes, brute.f_beta_bytes + 1};
  for (int i = 0; i < 6; ++i) {
    const int64_t footprint = random.pick(brute.candidates).footprint_bytes;
    sizes.push_back(footprint);
    sizes.push_back(footprint + 1);
  }
  for (int64_t& size : sizes) size = std::max<int64_t>(size, 1);
  return sizes;
}

void expect_same(const Case& c, const BruteBrr& brute, const testing::CostModel& model, int64_t beta) {
  const BruteBrrCandidate* expected = brute.best(beta);
  const std::optional<BrrCost> got = model.brr_least_buffer(c.group, beta);
  ASSERT_EQ(got.has_value(), expected != nullptr) << "at " << beta << " bytes, " << c.text();
  if (expected == nullptr) return;
  EXPECT_EQ(got->traffic.ifmap_bytes, expected->traffic.ifmap_bytes) << "at " << beta << ", " << c.text();
  EXPECT_EQ(got->traffic.ofmap_bytes, expected->traffic.ofmap_bytes) << "at " << beta << ", " << c.text();
  EXPECT_EQ(got->traffic.weight_bytes, expected->traffic.weight_bytes) << "at " << beta << ", " << c.text();
  EXPECT_EQ(got->buffer_bytes, expected->footprint_bytes) << "at " << beta << ", " << c.text();
}

TEST(BrrBruteForce, LegalityAndLeastBufferAgree) {
  int64_t legal = 0;
  int64_t illegal = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Case c = random_case(seed);
    const BruteBrr brute = brute_brr(c.graph, c.group, c.brute);
    const testing::CostModel model(c.graph, c.cost);
    ASSERT_EQ(model.brr_illegal_reason(c.group).empty(), brute.illegal_reason.empty())
        << "brute force: " << brute.illegal_reason << ", cost model: " << model.brr_illegal_reason(c.group)
        << ", " << c.text();
    const int64_t expected = brute.illegal_reason.empty() ? brute.f_beta_bytes : kNeverFits;
    ASSERT_EQ(model.brr_f_beta(c.group), expected) << c.text();
    ++(brute.illegal_reason.empty() ? legal : illegal);
  }
  EXPECT_GT(legal, 400);
  EXPECT_GT(illegal, 40);
}

TEST(BrrBruteForce, BestScheduleAgreesAtManyBufferSizes) {
  int64_t streamed = 0;
  int64_t passes = 0;
  int64_t several_tiles = 0;
  for (uint64_t seed = 0; seed < kCases; ++seed) {
    const Case c = random_case(seed);
    const BruteBrr brute = brute_brr(c.graph, c.group, c.brute);
    if (!brute.illegal_reason.empty()) continue;
    const testing::CostModel model(c.graph, c.cost);
    Random random(seed);
    for (int64_t beta : buffer_sizes(brute, random)) {
      expect_same(c, brute, model, beta);
      const BruteBrrCandidate* best = brute.best(beta);
      if (best == nullptr) continue;
      streamed += best->weights_resident ? 0 : 1;
      passes += best->passes_mode ? 1 : 0;
      several_tiles += best->tiles > 1 ? 1 : 0;
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(streamed, 100);
  EXPECT_GT(passes, 100);
  EXPECT_GT(several_tiles, 100);
}

}  // namespace
}  // namespace fusesim::testing
