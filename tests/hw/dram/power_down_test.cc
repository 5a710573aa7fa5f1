#include <gtest/gtest.h>

#include "driver.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

constexpr Place kRow0 = {0, 0, 0, 0, 0, 0};
constexpr Place kRow0Next = {0, 0, 0, 0, 0, 1};

DramConfig sleepy() {
  DramConfig part = ddr4();
  part.power_down_after = 100;
  part.xp = 8;
  return part;
}

// The read's data end in cycle 37 (memory_system_test).
TEST(PowerDown, DelaysWhatWakesTheChannel) {
  Driver dram(sleepy());
  dram.read(kRow0, 0);
  dram.finish();
  const size_t awake = dram.read(kRow0Next, 100);
  dram.finish();
  EXPECT_EQ(dram.end(awake), 101 + 20);
  const size_t asleep = dram.read(kRow0Next, 500);
  dram.finish();
  EXPECT_EQ(dram.end(asleep), 501 + 8 + 20);
}

TEST(PowerDown, CountsByWhetherARowIsOpen) {
  Driver dram(sleepy());
  dram.read(kRow0, 0);  // after power-up: asleep from 100 on, were it not for this
  dram.finish();        // idle from 37 on
  dram.read(kRow0Next, 500);
  DramCounts counts = dram.memory().counts();
  EXPECT_EQ(counts.active_power_down_cycles, 501 - 137);
  EXPECT_EQ(counts.precharged_power_down_cycles, 0);
  dram.finish();  // idle from 529 on
  dram.advance(20000);
  // Precharged in 9360, refreshed in 9376 and 18720, asleep between 100 clocks after a refresh's tRFC and tXP
  // before the next command.
  counts = dram.memory().counts();
  EXPECT_EQ(counts.active_power_down_cycles, 501 - 137 + (9360 - 8) - 629);
  EXPECT_EQ(counts.precharged_power_down_cycles,
            (18720 - 8) - (9376 + 420 + 100) + 20001 - (18720 + 420 + 100));
  EXPECT_EQ(counts.refreshes, 2);
}

TEST(PowerDown, CountsOpenRowsUpToTheirPrecharge) {
  Driver dram(ddr4());
  dram.read(kRow0, 0);  // opened in 1
  dram.advance(9000);
  EXPECT_EQ(dram.memory().counts().active_cycles, 9001 - 1);
  dram.advance(20000);
  EXPECT_EQ(dram.memory().counts().active_cycles, 9360 - 1);
  EXPECT_EQ(dram.memory().counts().active_power_down_cycles, 0);
}

TEST(PowerDown, CountsRowsThatCloseThemselves) {
  DramConfig part = ddr4();
  part.open_page = false;
  Driver dram(part);
  dram.read(kRow0, 0);
  dram.advance(5000);
  EXPECT_EQ(dram.memory().counts().active_cycles, part.ras);
}

}  // namespace
}  // namespace fusesim::hw
