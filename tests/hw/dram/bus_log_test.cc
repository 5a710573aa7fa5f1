#include "dram/bus_log.h"

#include <gtest/gtest.h>

#include "dram/memory_system.h"

namespace fusesim::hw {
namespace {

std::vector<std::pair<int64_t, int64_t>> pairs(const std::vector<BusRange>& ranges) {
  std::vector<std::pair<int64_t, int64_t>> all;
  all.reserve(ranges.size());
  for (const BusRange& range : ranges) all.emplace_back(range.begin, range.end);
  return all;
}
using Pairs = std::vector<std::pair<int64_t, int64_t>>;

TEST(BusLog, ATurnLastsAsLongAsItMustAndNotLongerThanTheGap) {
  BusLog log;
  log.burst(10, 4, false, 6);
  log.burst(14, 4, false, 6);
  log.burst(24, 4, true, 6);   // 14 to 20: turns for all of it
  log.burst(60, 4, false, 9);  // 24 to 56: turns for 9
  log.burst(66, 4, true, 6);   // 60 to 62
  EXPECT_EQ(pairs(log.moved()), (Pairs{{6, 14}, {20, 24}, {56, 60}, {62, 66}}));
  EXPECT_EQ(pairs(stopped({&log})), (Pairs{{14, 20}, {24, 33}, {60, 62}}));
}

TEST(BusLog, NoChannelIsStoppedWhileAnotherMovesData) {
  BusLog a, b;
  a.refresh({10, 40});
  a.refresh({35, 50});
  b.burst(14, 4, false, 0);
  b.burst(34, 4, false, 0);
  EXPECT_EQ(pairs(stopped({&a, &b})), (Pairs{{14, 30}, {34, 50}}));
}

TEST(BusLog, ForgetsWhatIsOverAndKnowsTheDirection) {
  BusLog log;
  log.refresh({0, 20});
  log.burst(24, 4, true, 0);
  log.forget_until(24);
  EXPECT_TRUE(log.moved().empty());
  log.burst(40, 4, false, 8);
  EXPECT_EQ(pairs(stopped({&log})), (Pairs{{24, 32}}));
}

/// Two bursts of one open row in both directions, and what a refresh stops, on DDR4-2400.
TEST(BusLog, AMemorySystemKeepsIt) {
  const DramConfig part;
  const int64_t data = part.burst_length / 2;
  MemorySystem memory(part);
  memory.accept(0, part.burst_bytes(), true, 0);
  memory.accept(0, part.burst_bytes(), false, 1);
  memory.advance(500);
  // write data end at rcd + cwl + data; the read goes wtr_l later, its data come cl after that
  const int64_t written = 1 + part.rcd + part.cwl + data;
  const Pairs turn = pairs(memory.stopped_bus());
  ASSERT_EQ(turn.size(), 1U);
  EXPECT_EQ(turn[0].second - turn[0].first, part.wtr_l + part.cl);
  EXPECT_LE(turn[0].first, written);
  memory.forget_until(500);
  memory.advance(2 * part.refi - 1);
  const Pairs refresh = pairs(memory.stopped_bus());
  ASSERT_EQ(refresh.size(), 1U);
  EXPECT_GE(refresh[0].first, part.refi);
  EXPECT_EQ(refresh[0].second - refresh[0].first, part.rfc);
}

TEST(BusLog, RowHitsOfAPieceAreItsOwn) {
  const DramConfig part;
  MemorySystem memory(part);
  const auto hits_of = [&memory](int64_t address, int64_t bytes, int64_t cycle) {
    memory.accept(address, bytes, false, cycle);
    memory.advance(cycle + 200);
    const int32_t ticket = memory.take_finished(cycle + 200);
    return memory.row_hits(ticket);
  };
  // consecutive bursts lie in the bank groups in turn: each opens its row once
  EXPECT_EQ(hits_of(0, 8 * part.burst_bytes(), 0), 8 - part.bank_groups);
  EXPECT_EQ(hits_of(8 * part.burst_bytes(), 2 * part.burst_bytes(), 300), 2);
  EXPECT_EQ(memory.counts().row_hits, 8 - part.bank_groups + 2);
}

}  // namespace
}  // namespace fusesim::hw
