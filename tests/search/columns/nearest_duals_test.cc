#include "columns/nearest_duals.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <random>

namespace fusesim {
namespace {

constexpr double kNear = 0.2;  ///< of duals of about 10: it ends where it is near

TEST(NearestDuals, ShareARiseEqually) {
  const std::vector<double> duals = nearest_duals({10, 10, 10}, 36.0, {});
  for (const double dual : duals) EXPECT_NEAR(dual, 12.0, kNear);
}

TEST(NearestDuals, RiseWhereNoGroupIsInTheWay) {
  const std::vector<double> duals = nearest_duals({10, 10, 10}, 26.0, {{{0, 1}, 12}});
  EXPECT_NEAR(duals[0], 6.0, kNear);
  EXPECT_NEAR(duals[1], 6.0, kNear);
  EXPECT_NEAR(duals[2], 14.0, kNear);
}

/// {0, 1} lowers its first op by more than it has to once {0} lowers it too: what it took comes back.
TEST(NearestDuals, TakeBackWhatIsNoLongerNeeded) {
  const std::vector<double> duals = nearest_duals({10, 10, 10}, 26.0, {{{0, 1}, 12}, {{0}, 5}});
  EXPECT_NEAR(duals[0], 5.0, kNear);
  EXPECT_NEAR(duals[1], 7.0, kNear);
  EXPECT_NEAR(duals[2], 14.0, kNear);
}

/// What all groups allow by construction is one answer; the answer is no farther, and allowed too.
TEST(NearestDuals, AreNoFartherThanAnyOthersOfTheirSum) {
  constexpr size_t kOps = 30;
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](unsigned n) { return static_cast<int64_t>(random() % n); };
    std::vector<int64_t> centre;
    std::vector<int64_t> allowed;
    for (size_t o = 0; o < kOps; ++o) {
      centre.push_back(1'000'000 + below(1'000'000));
      allowed.push_back(1'000'000 + below(1'000'000));
    }
    std::vector<PricedGroup> groups;
    for (int g = 0; g < 60; ++g) {
      PricedGroup group;
      for (size_t o = static_cast<size_t>(below(kOps)); o < kOps && group.group.size() < 6; ++o) {
        if (below(2) == 0) continue;
        group.group.push_back(static_cast<OpId>(o));
        group.value += allowed[o];
      }
      group.value += below(3) * 100'000;
      if (!group.group.empty()) groups.push_back(group);
    }
    const auto level = static_cast<double>(std::accumulate(allowed.begin(), allowed.end(), int64_t{0}));
    const std::vector<double> duals = nearest_duals(centre, level, groups);

    const double mean = 1'500'000.0;
    EXPECT_NEAR(std::accumulate(duals.begin(), duals.end(), 0.0), level, 0.05 * mean) << seed;
    for (const PricedGroup& group : groups) {
      double sum = 0.0;
      for (const OpId op : group.group) sum += duals[static_cast<size_t>(op)];
      EXPECT_LE(sum, static_cast<double>(group.value) + 0.05 * mean) << seed;
    }
    const auto distance = [&](const auto& to) {
      double sum = 0.0;
      for (size_t o = 0; o < kOps; ++o) {
        const auto from = static_cast<double>(centre[o]);
        sum += std::pow(static_cast<double>(to[o]) - from, 2) / from;
      }
      return sum;
    };
    EXPECT_LE(distance(duals), 1.01 * distance(allowed)) << seed;
  }
}

}  // namespace
}  // namespace fusesim
