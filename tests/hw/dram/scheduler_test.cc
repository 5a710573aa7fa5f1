#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "driver.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Place in_bank0(int64_t row, int64_t column) { return {0, 0, 0, 0, row, column}; }

TEST(Scheduler, ServesRowHitsFirstThenTheOldest) {
  Driver dram(ddr4());
  dram.read(in_bank0(1, 0), 0);
  dram.finish();
  dram.read(in_bank0(2, 0), 500);
  dram.read(in_bank0(3, 0), 500);
  dram.read(in_bank0(1, 1), 500);
  dram.read(in_bank0(3, 1), 500);
  dram.finish();
  EXPECT_THAT(dram.burst_rows(), ElementsAre(1, 1, 2, 3, 3));
}

TEST(Scheduler, ServesAReadyRowWhileAnotherBankOpens) {
  Driver dram(ddr4());
  dram.read({0, 0, 1, 0, 1, 0}, 0);
  dram.finish();
  const size_t closed = dram.read({0, 0, 0, 0, 2, 0}, 500);  // older
  const size_t hit = dram.read({0, 0, 1, 0, 1, 1}, 500);
  dram.finish();
  EXPECT_EQ(dram.end(hit), 501 + 20);
  EXPECT_EQ(dram.end(closed), 502 + 36);  // the hit had the command bus first
}

TEST(Scheduler, LooksAtTheOldestBurstsOfTheQueueOnly) {
  DramConfig part = ddr4();
  part.queue_depth = 2;
  Driver dram(part);
  dram.read(in_bank0(1, 0), 0);
  dram.finish();
  dram.read(in_bank0(2, 0), 500);
  dram.read(in_bank0(3, 0), 500);
  dram.read(in_bank0(1, 1), 500);  // a hit, behind the window
  dram.finish();
  EXPECT_THAT(dram.burst_rows(), ElementsAre(1, 2, 3, 1));
}

TEST(Scheduler, GroupsReadsAndWrites) {
  Driver dram(ddr4());
  for (int64_t i = 0; i < 16; ++i) dram.burst({0, 0, i % 4, 0, 0, i / 4}, i % 2 == 1, 0);
  dram.finish();
  int64_t turns = 0;
  CommandKind last = CommandKind::read;
  for (const Command& c : dram.checker().trace()) {
    if (c.kind != CommandKind::read && c.kind != CommandKind::write) continue;
    turns += c.kind != last ? 1 : 0;
    last = c.kind;
  }
  EXPECT_LE(turns, 3);  // 15 in arrival order
}

TEST(Scheduler, HitsCannotStarveAConflictForEver) {
  const DramConfig part = ddr4();
  Driver dram(part);
  dram.read(in_bank0(1, 0), 0);
  dram.finish();
  const size_t starving = dram.read(in_bank0(2, 0), 500);
  int64_t cycle = 500;
  for (int64_t i = 0; i < 600; ++i) {  // a hit every 6 cycles keeps row 1 busy
    dram.read(in_bank0(1, i % 128), cycle);
    cycle = dram.advance(cycle + 6);
  }
  dram.finish();
  const std::vector<int64_t> rows = dram.burst_rows();
  const auto served = std::find(rows.begin(), rows.end(), 2) - rows.begin();
  EXPECT_GT(served, 32);                        // hits do come first
  EXPECT_LE(served, 4 * part.queue_depth + 4);  // but not more than the limit
  EXPECT_LT(dram.end(starving), cycle);
}

TEST(Scheduler, ClosesAPageAfterTheLastHitThatItSees) {
  DramConfig part = ddr4();
  part.open_page = false;
  Driver dram(part);
  for (int64_t i = 0; i < 4; ++i) dram.read(in_bank0(1, i), 0);
  dram.finish();
  std::vector<CommandKind> kinds;
  for (const Command& c : dram.checker().trace()) kinds.push_back(c.kind);
  EXPECT_THAT(kinds, ElementsAre(CommandKind::activate, CommandKind::read, CommandKind::read,
                                 CommandKind::read, CommandKind::read_auto_precharge));
}

TEST(Refresh, HappensOncePerIntervalAndRankInUseOrNot) {
  for (const bool busy : {false, true}) {
    const DramConfig part = two_ranks();
    Driver dram(part);
    const int64_t intervals = 10;
    for (int64_t cycle = 0; busy && cycle < part.refi * intervals; cycle += 100) {
      dram.accept(cycle * 977 % (1 << 20), 512, false, cycle);
      dram.advance(cycle);
    }
    dram.advance(part.refi * intervals + 1000);
    EXPECT_EQ(dram.memory().counts().refreshes, 2 * intervals);
    EXPECT_THAT(dram.checker().violations(), IsEmpty());
  }
}

/// Bursts per cycle over the data-bus limit.
double load(const Driver& dram, int64_t bursts, int64_t cycles) {
  const DramConfig& part = dram.part();
  return static_cast<double>(bursts * part.burst_length) / static_cast<double>(2 * cycles * part.channels);
}

int64_t stream(Driver& dram, int64_t bytes, bool write) {
  for (int64_t at = 0; at < bytes; at += 4096) dram.accept(at, 4096, write, 0);
  return dram.finish();
}

TEST(Bandwidth, StreamsReachNinetyPercentOfThePeak) {
  for (const DramConfig& part : {ddr4(), two_ranks(), lpddr4()}) {
    for (const bool write : {false, true}) {
      Driver dram(part);
      const int64_t bytes = 1 << 20;
      const int64_t cycles = stream(dram, bytes, write);
      const double reached = load(dram, bytes / part.burst_bytes(), cycles);
      const double limit =
          1.0 - (part.ranks == 1 ? static_cast<double>(part.rfc) / static_cast<double>(part.refi) : 0);
      EXPECT_GT(reached, 0.9 * limit) << part.name;
      EXPECT_LT(reached, limit + 0.001) << part.name;  // no data while the rank refreshes
      EXPECT_THAT(dram.checker().violations(), IsEmpty());
    }
  }
}

TEST(Bandwidth, ConflictsInOneBankTakeARowCycleEach) {
  Driver dram(ddr4());
  const int64_t n = 150;  // less than a refresh interval
  for (int64_t row = 0; row < n; ++row) dram.read(in_bank0(row, 0), 0);
  const int64_t end = dram.finish();
  EXPECT_EQ(end, 1 + (n - 1) * 55 + 16 + 16 + 4);  // activates tRC apart, then tRCD, CL, data
}

TEST(Bandwidth, SingleBurstsToRandomRowsAreBoundByTheActivateWindow) {
  const DramConfig part = ddr4();
  Driver dram(part);
  std::mt19937_64 random(3);
  const int64_t n = 4000;
  for (int64_t i = 0; i < n; ++i) {
    const auto pick = [&random](uint64_t below) { return static_cast<int64_t>(random() % below); };
    dram.read({0, 0, pick(4), pick(4), pick(60000), 0}, 0);
  }
  const int64_t cycles = dram.finish();
  EXPECT_GE(cycles, (n / 4 - 1) * part.faw);  // four activates per tFAW
  EXPECT_LT(cycles, n / 4 * part.faw * 2);    // and not far from it
  EXPECT_THAT(dram.checker().violations(), IsEmpty());
}

TEST(Bandwidth, TwoChannelsStreamTwiceAsFast) {
  DramConfig part = ddr4();
  Driver one(part);
  part.channels = 2;
  Driver two(part);
  const int64_t single = stream(one, 1 << 20, false);
  const int64_t twin = stream(two, 1 << 20, false);
  EXPECT_NEAR(static_cast<double>(single) / static_cast<double>(twin), 2.0, 0.1);
}

}  // namespace
}  // namespace fusesim::hw
