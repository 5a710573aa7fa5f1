#include "dram/cycle_clock.h"

#include <gtest/gtest.h>

namespace fusesim::hw {
namespace {

TEST(CycleClock, RoundsStartsUpToPicoseconds) {
  const CycleClock clock(1'500'000);  // 666 2/3 ps
  EXPECT_EQ(clock.ps_at(1), 667);
  EXPECT_EQ(clock.ps_at(2), 1334);
  EXPECT_EQ(clock.ps_at(3), 2000);
}

TEST(CycleClock, DoesNotDrift) {
  const CycleClock clock(1'066'667);
  EXPECT_EQ(clock.ps_at(int64_t{1'066'667} * 3'600'000), int64_t{3'600'000'000'000'000});  // an hour
}

TEST(CycleClock, ACycleHasStartedAtItsStartAndNotOnePicosecondBefore) {
  for (const int64_t khz : {200'000, 1'066'667, 1'200'000, 1'500'000, 1'600'000}) {
    const CycleClock clock(khz);
    for (int64_t cycle = 1; cycle < 5000; ++cycle) {
      ASSERT_EQ(clock.cycle_at(clock.ps_at(cycle)), cycle);
      ASSERT_EQ(clock.cycle_at(clock.ps_at(cycle) - 1), cycle - 1);
    }
  }
}

}  // namespace
}  // namespace fusesim::hw
