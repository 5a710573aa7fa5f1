#include "columns/knapsack_gain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace fusesim {
namespace {

constexpr int64_t kBuffer = 640;

TEST(KnapsackGain, IsNeverBelowTheBestChoice) {
  const std::vector<KnapsackGain::Item> items = {{1, 70, 100}, {2, 50, 300}, {3, 90, 200}, {4, 10, 0}};
  KnapsackGain gain;
  gain.run(5, items, kBuffer);
  for (size_t position = 0; position < 5; ++position) {
    for (int64_t used = 0; used < kBuffer; used += 7) {
      int64_t best = 0;
      for (unsigned choice = 0; choice < 1U << items.size(); ++choice) {
        int64_t bytes = used;
        int64_t sum = 0;
        for (size_t i = 0; i < items.size(); ++i) {
          if ((choice >> i & 1U) == 0 || items[i].position <= position) continue;
          bytes += items[i].bytes;
          sum += items[i].gain;
        }
        if (bytes < kBuffer) best = std::max(best, sum);
      }
      EXPECT_GE(gain.most(position, used), best) << position << " " << used;
    }
  }
}

TEST(KnapsackGain, IsNearItWhereItemsAreCut) {
  KnapsackGain gain;
  gain.run(2, {{1, 100, 400}}, kBuffer);
  EXPECT_LE(gain.most(0, 440), 51 + 100 * kBuffer / 64 / 400);
  EXPECT_LE(gain.most(1, 0), 1);
}

TEST(KnapsackGain, IsUnknownBeforeItIsRun) {
  EXPECT_EQ(KnapsackGain().most(3, 100), std::numeric_limits<int64_t>::max());
}

}  // namespace
}  // namespace fusesim
