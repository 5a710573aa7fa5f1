#include <gtest/gtest.h>

#include "dram/memory_system.h"
#include "energy.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {
namespace {

/// Energy of the DRAM in one second in which nothing is asked of it, pJ.
double idle_second(const Config& config) {
  MemorySystem memory(config.dram);
  memory.advance(config.dram.clock_khz * 1000 - 1);
  GroupResult group;
  group.cycles.total = config.clock_khz * 1000;
  group.dram = memory.counts();
  return energy_of(config, group).dram_background_pj;
}

constexpr double kPjPerMj = 1e9;

// 1.2e9 clocks hold 128205 intervals of 9360; no row is open: 8 devices * 1.2 V * 34 mA.
TEST(Standby, OfAnIdleSecondIsPrechargedStandbyAndItsRefreshes) {
  const Config config = load_config("");
  const double refreshes = 128205 * 695520.0;
  EXPECT_NEAR(idle_second(config), 326.4 * kPjPerMj + refreshes, 1e3);
}

// Asleep but for tRFC, the 1000 clocks that it waits and tXP per refresh: 8 devices * 1.2 V * 25 mA.
TEST(Standby, OfAnIdleSecondInPowerDown) {
  const Config config = load_config("", {"dram.power_down_after=1000"});
  const double awake = (128205 * (420.0 + 1000 + 8)) / 1.2e9;
  const double expected = (awake * 326.4 + (1 - awake) * 240.0) * kPjPerMj + 128205 * 695520.0;
  EXPECT_NEAR(idle_second(config), expected, 1e-5 * expected);
}

TEST(Standby, OfEveryPartIsSharedByItsRanks) {
  for (const char* part : {"ddr5_4800", "lpddr4_3200", "hbm2", "gddr6"}) {
    const Config config = load_config("", {std::string("dram=") + part});
    const DramConfig& d = config.dram;
    const double seconds = 1.0;
    const int64_t intervals = d.clock_khz * 1000 / d.refi * d.channels;
    const double expected =
        static_cast<double>(d.channels) * *config.energy.dram_precharged_mw * seconds * kPjPerMj +
        static_cast<double>(intervals) * config.energy.dram_refresh_pj;
    EXPECT_NEAR(idle_second(config), expected, 1e-9 * expected) << part;
  }
}

// What is refreshed bank by bank takes as much energy in all.
TEST(Standby, OfBankRefreshesIsThatOfWholeOnes) {
  const Config whole = load_config("", {"dram=lpddr4_3200"});
  const Config by_bank = load_config("", {"dram=lpddr4_3200", "dram.refresh=per_bank"});
  EXPECT_NEAR(idle_second(by_bank), idle_second(whole), 1e-5 * idle_second(whole));
}

}  // namespace
}  // namespace fusesim::hw
