#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "driver.h"
#include "fusesim/config/config.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

DramConfig lpddr4_per_bank() {
  return load_config("", {"dram=lpddr4_3200", "dram.refresh=per_bank", "dram.channels=1"}).dram;
}

TEST(BankRefresh, CoversEveryBankOncePerInterval) {
  for (const char* mode : {"per_bank", "same_bank"}) {
    const DramConfig part =
        load_config("", {"dram=ddr5_4800", "dram.channels=1", std::string("dram.refresh=") + mode}).dram;
    Driver dram(part);
    dram.advance(part.refi + 200);
    const int64_t each = part.refresh == RefreshMode::per_bank ? 32 : 4;
    EXPECT_EQ(dram.memory().counts().refreshes, each) << mode;
    std::set<std::tuple<int64_t, int64_t>> banks;
    for (const Command& c : dram.checker().trace()) banks.insert({c.group, c.bank});
    EXPECT_EQ(static_cast<int64_t>(banks.size()), each) << mode;
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << mode;
  }
}

// The first refresh, of bank 0, is due after an eighth of 6246 clocks.
TEST(BankRefresh, LeavesTheOtherBanksAtWork) {
  const DramConfig part = lpddr4_per_bank();
  Driver dram(part);
  const size_t same = dram.read({0, 0, 0, 0, 1, 0}, 800);
  const size_t other = dram.read({0, 0, 0, 1, 1, 0}, 800);
  dram.finish();
  const int64_t from_activate = 29 + 3 + 28 + 6 + 8;  // tRCD, the read's four clocks, RL, tDQSCK, data
  EXPECT_EQ(dram.end(other), 801 + from_activate);
  // The refresh ends in 780; tRFCpb 144, the activate's last clock, three clocks earlier its first.
  EXPECT_EQ(dram.end(same), 780 + 144 - 3 + from_activate);
}

TEST(BankRefresh, MovesMoreThanRefreshesOfAllBanks) {
  std::vector<int64_t> cycles;
  for (const char* mode : {"all_bank", "per_bank"}) {
    DramConfig part = load_config("", {"dram=lpddr4_3200", std::string("dram.refresh=") + mode}).dram;
    Driver dram(part);
    for (int64_t at = 0; at < 1 << 20; at += 1024)
      dram.accept(at * 37 % (1 << 24) / 1024 * 1024, 1024, false, 0);
    cycles.push_back(dram.finish());
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << mode;
  }
  EXPECT_LT(cycles[1], cycles[0]);
}

}  // namespace
}  // namespace fusesim::hw
