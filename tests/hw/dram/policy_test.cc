#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "driver.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Place in_bank0(int64_t row, int64_t column) { return {0, 0, 0, 0, row, column}; }

/// Hits in banks of other groups until long after a conflict in bank 0 was overtaken too often.
struct Overtaken {
  int64_t served_in = 0;      // cycle of its command
  int64_t longest_pause = 0;  // of the data bus in the hits, once all rows are open
  int64_t hits_before = 0;
};

Overtaken overtaken(bool writes) {
  Driver dram(ddr4());
  for (int64_t group = 0; group < 4; ++group) dram.read({0, 0, group, 0, 1, 0}, 0);
  dram.finish();
  dram.burst(in_bank0(2, 0), writes, 500);
  const auto hit = [&dram](int64_t i, int64_t cycle) { dram.read({0, 0, i % 4, 0, 1, i / 4 % 128}, cycle); };
  for (int64_t i = 0; i < 32; ++i) hit(i, 500);
  for (int64_t i = 32, cycle = 500; i < 800; ++i) {
    hit(i, cycle);
    cycle = dram.advance(cycle + 4);
  }
  dram.finish();
  EXPECT_THAT(dram.checker().violations(), IsEmpty());
  Overtaken result;
  int64_t last = 0;
  for (const Command& c : dram.checker().trace()) {
    if (!is_burst(c.kind) || c.cycle < 500) continue;
    if (c.row == 2) result.served_in = c.cycle;
    if (result.served_in == 0) ++result.hits_before;
    if (last > 0) result.longest_pause = std::max(result.longest_pause, c.cycle - last);
    last = c.cycle;
  }
  return result;
}

// The bank has to be closed and opened, 32 clocks, while hits of the other groups go on: no two of them are
// 32 clocks apart. Hits of its own bank wait behind it.
TEST(Scheduler, PrefersWhatWasOvertakenAndLetsTheRestGo) {
  const Overtaken read = overtaken(false);
  EXPECT_GE(read.hits_before, 4 * 32);
  EXPECT_LE(read.hits_before, 4 * 32 + 12);
  EXPECT_LT(read.longest_pause, 16);
  const Overtaken write = overtaken(true);
  EXPECT_GE(write.hits_before, 4 * 32);
  EXPECT_LE(write.hits_before, 4 * 32 + 12);
}

TEST(Fcfs, ServesBurstsInTheOrderOfTheirArrival) {
  DramConfig part = ddr4();
  part.scheduling = Scheduling::fcfs;
  Driver dram(part);
  dram.read(in_bank0(1, 0), 0);
  dram.finish();
  dram.read(in_bank0(2, 0), 500);
  dram.read(in_bank0(1, 1), 500);
  dram.read({0, 0, 1, 0, 3, 0}, 500);
  dram.read(in_bank0(1, 2), 500);
  dram.finish();
  EXPECT_THAT(dram.burst_rows(), ElementsAre(1, 2, 1, 3, 1));
  EXPECT_THAT(dram.checker().violations(), IsEmpty());
}

TEST(Fcfs, OpensRowsAheadOfTheirBursts) {
  DramConfig part = ddr4();
  part.scheduling = Scheduling::fcfs;
  Driver dram(part);
  for (int64_t group = 0; group < 4; ++group) dram.read({0, 0, group, 0, 1, 0}, 0);
  // Activates tRRD_S 4 apart, so that bursts follow each other without a gap.
  EXPECT_EQ(dram.finish(), 1 + 16 + 3 * 4 + 16 + 4);
}

TEST(HitCap, LimitsTheHitsThatOvertakeABank) {
  for (const int64_t cap : {0, 4}) {
    DramConfig part = ddr4();
    part.hit_cap = cap;
    Driver dram(part);
    dram.read(in_bank0(1, 0), 0);
    dram.finish();
    dram.read(in_bank0(2, 0), 500);
    for (int64_t i = 1; i <= 12; ++i) dram.read(in_bank0(1, i), 500);
    dram.finish();
    const std::vector<int64_t> rows = dram.burst_rows();
    const auto served = std::find(rows.begin(), rows.end(), 2) - rows.begin();
    EXPECT_EQ(served, 1 + (cap == 0 ? 12 : cap));
    EXPECT_THAT(dram.checker().violations(), IsEmpty());
  }
}

/// What the pins carry for random pieces, many of them at once, in rows that banks share.
std::vector<std::vector<int64_t>> commands_of_random_traffic(const DramConfig& part) {
  Driver dram(part);
  std::mt19937_64 random(11);
  int64_t cycle = 0;
  for (int i = 0; i < 3000; ++i) {
    const auto row = static_cast<int64_t>(random() % 3);
    const auto group = static_cast<int64_t>(random() % static_cast<uint64_t>(part.bank_groups));
    const auto bank = static_cast<int64_t>(random() % 2);
    const auto rank = static_cast<int64_t>(random() % static_cast<uint64_t>(part.ranks));
    dram.burst({0, rank, group, bank, row, static_cast<int64_t>(random() % 100)}, random() % 3 == 0, cycle);
    if (random() % 4 == 0) dram.advance(cycle += static_cast<int64_t>(random() % 40));
    if (random() % 100 == 0) cycle = dram.finish();
  }
  dram.finish();
  std::vector<std::vector<int64_t>> commands;
  for (const Command& c : dram.checker().trace()) {
    commands.push_back({c.cycle, static_cast<int64_t>(c.kind), c.rank, c.group, c.bank, c.row});
  }
  return commands;
}

// The common policy has a short way of its own; a cap that is never reached takes the long one.
TEST(HitCap, OneThatIsNeverReachedChangesNoCommand) {
  for (DramConfig part : {ddr4(), two_ranks()}) {
    const std::vector<std::vector<int64_t>> commands = commands_of_random_traffic(part);
    EXPECT_GT(commands.size(), 3000U);
    part.hit_cap = int64_t{1} << 40;
    EXPECT_EQ(commands_of_random_traffic(part), commands) << part.name;
  }
}

/// Changes of direction on the data bus.
int64_t turns(Driver& dram) {
  int64_t turns = 0;
  CommandKind last = CommandKind::read;
  for (const Command& c : dram.checker().trace()) {
    if (!is_burst(c.kind)) continue;
    turns += c.kind != last ? 1 : 0;
    last = c.kind;
  }
  return turns;
}

constexpr int64_t kPeriod = 40;

/// A stream that is read and one that is written, both in rows of one bank, a burst of each in turn.
Driver interleaved(WriteDrain drain) {
  DramConfig part = ddr4();
  part.write_drain = drain;
  Driver dram(part);
  int64_t cycle = 0;
  for (int64_t i = 0; i < 2000; ++i) {
    dram.read(in_bank0(2 * (i / 128), i % 128), cycle);
    dram.write(in_bank0(2 * (i / 128) + 1, i % 128), cycle);
    cycle = dram.advance(cycle + kPeriod);
  }
  return dram;
}

TEST(WriteDrain, SparesTurnaroundsAndRowsOfStreamsThatAlternate) {
  Driver none = interleaved(WriteDrain::none);
  Driver watermark = interleaved(WriteDrain::watermark);
  none.finish(), watermark.finish();
  EXPECT_LT(2 * turns(watermark), turns(none));
  EXPECT_LT(2 * watermark.memory().counts().activates, none.memory().counts().activates);
  EXPECT_THAT(watermark.checker().violations(), IsEmpty());
  EXPECT_EQ(watermark.memory().counts().writes, 2000);
}

TEST(WriteDrain, WritesGoAtOnceWhileNoReadWaits) {
  DramConfig part = ddr4();
  part.write_drain = WriteDrain::watermark;
  Driver dram(part);
  const size_t write = dram.write(in_bank0(1, 0), 0);
  dram.finish();
  EXPECT_EQ(dram.end(write), 1 + 16 + 12 + 4);
}

TEST(WriteDrain, ReadsGoFirstUntilWritesFillTheQueue) {
  DramConfig part = ddr4();
  part.write_drain = WriteDrain::watermark;
  Driver dram(part);
  for (int64_t i = 0; i < 20; ++i) dram.write({0, 0, i % 4, 1, 1, i / 4}, 0);  // fewer than 80 % of 32
  for (int64_t i = 0; i < 7; ++i) dram.read({0, 0, i % 4, 0, 1, i / 4}, 0);
  dram.finish();
  EXPECT_EQ(turns(dram), 1);

  std::vector<CommandKind> bursts;
  for (const Command& c : dram.checker().trace()) {
    if (is_burst(c.kind)) bursts.push_back(c.kind);
  }
  EXPECT_EQ(bursts.front(), CommandKind::read);
}

}  // namespace
}  // namespace fusesim::hw
