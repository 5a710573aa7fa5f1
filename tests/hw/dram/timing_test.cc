#include "dram/timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "distances.h"
#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "testing/dram_parts.h"
#include "timing_checker.h"

namespace fusesim::hw {
namespace {

// Banks of ddr4(): 4 groups of 4 banks; two_ranks() repeats them.
constexpr int32_t kBank = 0;        // group 0
constexpr int32_t kSameGroup = 1;   // group 0, another bank
constexpr int32_t kOtherGroup = 4;  // group 1
constexpr int32_t kOtherRank = 16;  // rank 1, group 0

// tRCD 16, tRAS 39, tRP 16, tRC 55, CL 16, CWL 12, 4 cycles of data.
TEST(Timing, RowToColumnDelaySeparatesActivateAndBurst) {
  BankStates banks(ddr4());
  banks.activate(kBank, 7, 100);
  EXPECT_EQ(banks.earliest_burst(kBank, false), 116);
  EXPECT_EQ(banks.earliest_burst(kBank, true), 116);
}

TEST(Timing, RowActiveTimeSeparatesActivateAndPrecharge) {
  BankStates banks(ddr4());
  banks.activate(kBank, 7, 100);
  EXPECT_EQ(banks.earliest_precharge(kBank), 139);
}

TEST(Timing, PrechargeTimeSeparatesPrechargeAndActivate) {
  BankStates banks(ddr4());
  banks.activate(kBank, 7, 100);
  banks.precharge(kBank, 150);
  EXPECT_EQ(banks.earliest_activate(kBank), 166);
}

TEST(Timing, RowCycleSeparatesActivatesOfABank) {
  DramConfig part = ddr4();
  part.rc = 60;  // more than tRAS + tRP = 55
  BankStates banks(part);
  banks.activate(kBank, 7, 100);
  banks.precharge(kBank, 139);
  EXPECT_EQ(banks.earliest_activate(kBank), 160);
}

TEST(Timing, ActivatesOfOneGroupAreFurtherApartThanOfTwo) {
  BankStates banks(ddr4());
  banks.activate(kBank, 7, 100);
  EXPECT_EQ(banks.earliest_activate(kSameGroup), 106);   // tRRD_L 6
  EXPECT_EQ(banks.earliest_activate(kOtherGroup), 104);  // tRRD_S 4
}

TEST(Timing, FifthActivateOfARankWaitsForTheWindowOfFour) {
  BankStates banks(ddr4());
  for (int32_t i = 0; i < 4; ++i) banks.activate(i * 4, 7, 100 + 4 * i);
  EXPECT_EQ(banks.earliest_activate(kSameGroup), 126);  // 100 + tFAW 26, more than 112 + tRRD_S 4
}

TEST(Timing, ActivatesOfTwoRanksAreIndependent) {
  BankStates banks(two_ranks());
  for (int32_t i = 0; i < 4; ++i) banks.activate(i * 4, 7, 100 + 4 * i);
  EXPECT_LE(banks.earliest_activate(kOtherRank), 113);
}

TEST(Timing, BurstsOfOneGroupAreFurtherApartThanOfTwo) {
  for (const bool write : {false, true}) {
    BankStates banks(ddr4());
    banks.burst(kBank, write, 200);
    EXPECT_EQ(banks.earliest_burst(kSameGroup, write), 206);   // tCCD_L 6
    EXPECT_EQ(banks.earliest_burst(kOtherGroup, write), 204);  // tCCD_S 4
  }
}

TEST(Timing, ReadAfterWriteWaitsForTheDataAndTheTurnaround) {
  BankStates banks(two_ranks());
  banks.burst(kBank, true, 200);
  EXPECT_EQ(banks.earliest_burst(kSameGroup, false), 225);   // CWL 12 + 4 + tWTR_L 9
  EXPECT_EQ(banks.earliest_burst(kOtherGroup, false), 219);  // CWL 12 + 4 + tWTR_S 3
  EXPECT_EQ(banks.earliest_burst(kOtherRank, false), 202);   // data end 216 + tRTRS 2 = 202 + CL 16
}

TEST(Timing, WriteAfterReadWaitsForTheBus) {
  BankStates banks(two_ranks());
  banks.burst(kBank, false, 200);
  EXPECT_EQ(banks.earliest_burst(kOtherGroup, true), 210);  // data end 220 + tRTRS 2 = 210 + CWL 12
  EXPECT_EQ(banks.earliest_burst(kOtherRank, true), 210);
}

TEST(Timing, RanksLeaveTheBusFreeBetweenThem) {
  BankStates banks(two_ranks());
  banks.burst(kBank, false, 200);
  EXPECT_EQ(banks.earliest_burst(kOtherRank, false), 206);  // 4 cycles of data + tRTRS 2
}

TEST(Timing, PrechargeWaitsForReadAndForWriteRecovery) {
  BankStates banks(ddr4());
  banks.activate(kBank, 7, 100);
  banks.burst(kBank, false, 150);
  EXPECT_EQ(banks.earliest_precharge(kBank), 159);  // tRTP 9
  banks.burst(kBank, true, 160);
  EXPECT_EQ(banks.earliest_precharge(kBank), 194);  // CWL 12 + 4 + tWR 18
}

TEST(Timing, RefreshWaitsForPrechargeAndBlocksTheRank) {
  BankStates banks(two_ranks());
  banks.activate(kBank, 7, 100);
  banks.precharge(kBank, 150);
  EXPECT_EQ(banks.earliest_refresh(0), 166);  // tRP 16
  banks.refresh(0, 170);
  EXPECT_EQ(banks.earliest_activate(kOtherGroup), 590);  // tRFC 420
  EXPECT_EQ(banks.earliest_activate(kOtherRank), 0);
}

TEST(Timing, RefreshesOfRanksAreStaggered) {
  const BankStates banks(two_ranks());
  EXPECT_EQ(banks.refresh_due(0), 4680);
  EXPECT_EQ(banks.refresh_due(1), 9360);
}

TEST(Timing, RefusesRefreshesThatLeaveNoTimeForABurst) {
  DramConfig part = ddr4();
  const int64_t least = 420 + 2 * (55 + 20 + 34);  // tRFC, tRC, CL and data, CWL and data and tWR
  part.refi = least;
  EXPECT_NO_THROW(BankStates{part});
  part.refi = least - 1;
  EXPECT_THROW(BankStates{part}, Error);
}

TEST(Timing, ReadsAndWritesOfLpddr4HaveTheirExtraClocks) {
  const DramConfig part = load_config("", {"dram=lpddr4_3200"}).dram;
  BankStates banks(part);
  banks.activate(kBank, 7, 100);
  banks.burst(kBank, false, 200);
  EXPECT_EQ(banks.earliest_burst(kSameGroup, true), 230);  // RL 28 + tDQSCK 6 + 8 + tWPRE 2 - WL 14
  banks.burst(kBank, true, 300);
  EXPECT_EQ(banks.earliest_burst(kSameGroup, false), 339);  // WL 14 + 1 + 8 + tWTR 16
  EXPECT_EQ(banks.earliest_precharge(kBank), 352);          // WL 14 + 1 + 8 + tWR 29
}

TEST(Timing, PrechargesOfLpddr4AreApartAndTakeLongerForAllBanks) {
  BankStates banks(load_config("", {"dram=lpddr4_3200"}).dram);
  banks.activate(kBank, 7, 100);
  banks.activate(kSameGroup, 7, 120);
  banks.precharge(kBank, 300);
  EXPECT_EQ(banks.earliest_precharge(kSameGroup), 304);  // tPPD 4
  EXPECT_EQ(banks.earliest_activate(kBank), 329);        // tRPpb 29
  banks.precharge_all(0, 304);
  EXPECT_EQ(banks.earliest_activate(kSameGroup), 338);  // tRPab 34
  EXPECT_EQ(banks.earliest_refresh(0), 338);
}

TEST(Timing, WritesMayFollowAnActivateSoonerThanReads) {
  BankStates banks(load_config("", {"dram=hbm2"}).dram);
  banks.activate(kBank, 7, 100);
  EXPECT_EQ(banks.earliest_burst(kBank, false), 112);  // tRCDRD
  EXPECT_EQ(banks.earliest_burst(kBank, true), 106);   // tRCDWR
}

TEST(Timing, WritesOfADdr5GroupAreFurtherApartThanReads) {
  BankStates banks(load_config("", {"dram=ddr5_4800"}).dram);
  banks.burst(kBank, true, 200);
  EXPECT_EQ(banks.earliest_burst(kSameGroup, true), 224);   // tCCD_L_WR2
  EXPECT_EQ(banks.earliest_burst(kOtherGroup, true), 208);  // tCCD_S
}

/// Walks a random but legal command sequence and compares every earliest cycle with the checker: legal there
/// and illegal one cycle before. The states' cycles are those of a command's last clock, the checker's of its
/// first.
class Walk {
 public:
  Walk(const DramConfig& part, unsigned seed) : part_(part), banks_(part), checker_(part), random_(seed) {}

  void step() {
    const auto bank = static_cast<int32_t>(random_() % static_cast<unsigned>(banks_.banks()));
    if (cycle_ >= banks_.next_refresh_due() - 200) return do_duty(next_due());
    Command c = command(bank, CommandKind::activate);
    if (banks_.open_row(bank) == BankStates::kClosed) {
      c.row = static_cast<int64_t>(random_() % 3);
      banks_.activate(bank, c.row, take(c, banks_.earliest_activate(bank), part_.activate_clocks));
      return;
    }
    c.row = banks_.open_row(bank);
    const unsigned what = random_() % 8;
    if (what == 0) {
      c.kind = CommandKind::precharge;
      banks_.precharge(bank, take(c, banks_.earliest_precharge(bank), part_.precharge_clocks));
      return;
    }
    const bool write = what % 2 == 0;
    const bool close = what >= 6;
    c.kind = write   ? close ? CommandKind::write_auto_precharge : CommandKind::write
             : close ? CommandKind::read_auto_precharge
                     : CommandKind::read;
    banks_.burst(bank, write, take(c, banks_.earliest_burst(bank, write), part_.burst_clocks));
    if (close) banks_.auto_precharge(bank);
  }
  int64_t tight() const { return tight_; }

 private:
  Command command(int32_t bank, CommandKind kind) const {
    Command c;
    c.kind = kind;
    c.rank = banks_.rank_of(bank);
    c.group = banks_.group_of(bank);
    c.bank = banks_.bank_of(bank);
    return c;
  }
  int32_t next_due() const {
    int32_t unit = 0;
    while (banks_.refresh_due(unit) > banks_.next_refresh_due()) ++unit;
    return unit;
  }
  void do_duty(int32_t unit) {
    Command c = command(banks_.banks_of_unit(unit).front(), CommandKind::refresh);
    if (part_.refresh != RefreshMode::per_bank) c.group = 0;
    if (part_.refresh == RefreshMode::all_bank) c.bank = 0;
    if (banks_.open_banks(unit) > 0) {
      c.kind = part_.refresh == RefreshMode::per_bank ? CommandKind::precharge : CommandKind::precharge_all;
      banks_.precharge_all(unit, take(c, banks_.earliest_precharge_all(unit), part_.precharge_clocks));
      return;
    }
    const int64_t earliest = std::max(banks_.earliest_refresh(unit), banks_.refresh_due(unit));
    banks_.refresh(unit, take(c, earliest, part_.refresh_clocks));
  }
  /// Issues it; returns the cycle of its last clock.
  int64_t take(Command c, int64_t earliest, int64_t clocks) {
    const int64_t legal = earliest - clocks + 1;
    c.cycle = std::max(legal, free_);
    EXPECT_EQ(checker_.why_illegal(c), "") << part_.name << " at its earliest cycle " << c.cycle;
    if (legal > free_) {
      c.cycle = legal - 1;
      EXPECT_NE(checker_.why_illegal(c), "") << part_.name << " one cycle before " << legal;
      ++tight_;
    }
    cycle_ = std::max(legal, free_) + (random_() % 4 == 0 ? static_cast<int64_t>(random_() % 30) : 0);
    c.cycle = cycle_;
    checker_.on_command(c);
    EXPECT_THAT(checker_.violations(), testing::IsEmpty()) << part_.name;
    free_ = cycle_ + clocks;
    return cycle_ + clocks - 1;
  }

  DramConfig part_;
  BankStates banks_;
  TimingChecker checker_;
  std::mt19937 random_;
  int64_t cycle_ = 0;
  int64_t free_ = 0;  // the command pins, from then on
  int64_t tight_ = 0;
};

TEST(Timing, EveryEarliestCycleIsLegalAndTheOneBeforeIsNot) {
  std::vector<DramConfig> parts = {ddr4(), two_ranks(), lpddr4(), odd_part()};
  for (const std::string& name : published_parts()) parts.push_back(load_config("", {"dram=" + name}).dram);
  for (const char* name : {"lpddr4_3200", "lpddr5_6400", "hbm2", "hbm2e", "gddr6", "ddr5_4800"}) {
    const bool ddr5 = std::string(name) == "ddr5_4800";
    const std::string mode = ddr5 ? "same_bank" : "per_bank";
    parts.push_back(load_config("", {std::string("dram=") + name, "dram.refresh=" + mode}).dram);
  }
  unsigned seed = 0;
  for (const DramConfig& part : parts) {
    Walk walk(part, ++seed);
    for (int i = 0; i < 5000 && !testing::Test::HasFailure(); ++i) walk.step();
    EXPECT_GT(walk.tight(), 1000) << part.name;
  }
}

}  // namespace
}  // namespace fusesim::hw
