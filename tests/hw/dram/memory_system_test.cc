#include "dram/memory_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <random>

#include "driver.h"
#include "random_parts.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

constexpr Place kRow0 = {0, 0, 0, 0, 0, 0};
constexpr Place kRow0Next = {0, 0, 0, 0, 0, 1};
constexpr Place kRow1 = {0, 0, 0, 0, 1, 0};

// A request of cycle a is scheduled from a + 1 on. tRCD 16, tRP 16, CL 16, CWL 12, 4 cycles of data.

TEST(Latency, OfAClosedRowIsActivateReadAndData) {
  Driver dram(ddr4());
  const size_t ticket = dram.read(kRow0, 0);
  dram.finish();
  EXPECT_EQ(dram.end(ticket), 1 + 16 + 16 + 4);
}

TEST(Latency, OfAWriteUsesTheWriteLatency) {
  Driver dram(ddr4());
  const size_t ticket = dram.write(kRow0, 0);
  dram.finish();
  EXPECT_EQ(dram.end(ticket), 1 + 16 + 12 + 4);
}

TEST(Latency, OfARowHitIsReadAndData) {
  Driver dram(ddr4());
  dram.read(kRow0, 0);
  dram.finish();
  const size_t hit = dram.read(kRow0Next, 500);
  dram.finish();
  EXPECT_EQ(dram.end(hit), 501 + 16 + 4);
}

TEST(Latency, OfARowConflictAddsThePrecharge) {
  Driver dram(ddr4());
  dram.read(kRow0, 0);
  dram.finish();
  const size_t conflict = dram.read(kRow1, 500);
  dram.finish();
  EXPECT_EQ(dram.end(conflict), 501 + 16 + 16 + 16 + 4);
}

TEST(Latency, OfAConflictWithAFreshRowWaitsForTheRowCycle) {
  Driver dram(ddr4());
  dram.read(kRow0, 0);  // activate at 1
  const size_t conflict = dram.read(kRow1, 0);
  dram.finish();
  EXPECT_EQ(dram.end(conflict), 1 + 55 + 16 + 16 + 4);  // tRC, then as for a closed row
}

TEST(Latency, OfAReadAfterAWriteOfItsGroupAddsTheTurnaround) {
  Driver dram(ddr4());
  dram.write(kRow0, 0);
  dram.finish();
  dram.write(kRow0Next, 500);  // write command at 501
  const size_t read = dram.read(kRow0, 500);
  dram.finish();
  EXPECT_EQ(dram.end(read), 501 + 12 + 4 + 9 + 16 + 4);  // tWTR_L 9 after the data
}

TEST(Latency, OfARequestDuringRefreshWaitsForItsEnd) {
  Driver dram(ddr4());  // refresh at 9360, all rows closed: no precharge first
  const size_t ticket = dram.read(kRow0, 9400);
  dram.finish();
  EXPECT_EQ(dram.end(ticket), 9360 + 420 + 16 + 16 + 4);
}

TEST(Latency, OfARowThatRefreshClosedIsThatOfAClosedRow) {
  Driver dram(ddr4());
  dram.read(kRow0, 0);
  const size_t ticket = dram.read(kRow0Next, 20000);
  dram.finish();
  EXPECT_EQ(dram.end(ticket), 20001 + 16 + 16 + 4);
  EXPECT_EQ(dram.memory().counts().precharges, 1);
}

TEST(Latency, OfAClosedPageIsThatOfAClosedRowEachTime) {
  DramConfig part = ddr4();
  part.open_page = false;
  Driver dram(part);
  dram.read(kRow0, 0);
  const size_t again = dram.read(kRow0Next, 500);
  const size_t other = dram.read(kRow1, 1000);
  dram.finish();
  EXPECT_EQ(dram.end(again), 501 + 36);
  EXPECT_EQ(dram.end(other), 1001 + 36);
  EXPECT_THAT(dram.checker().violations(), testing::IsEmpty());
}

TEST(Counts, FollowFromAShortStory) {
  Driver dram(ddr4());
  dram.read(kRow0, 0);
  dram.finish();
  dram.write(kRow0Next, 500);
  dram.finish();
  dram.read(kRow1, 1000);
  dram.finish();
  dram.advance(20000);  // refreshes at 9360 and 18720; the first closes row 1
  const DramCounts counts = dram.memory().counts();
  EXPECT_EQ(counts.reads, 2);
  EXPECT_EQ(counts.writes, 1);
  EXPECT_EQ(counts.bus_bytes, 3 * 64);
  EXPECT_EQ(counts.activates, 2);
  EXPECT_EQ(counts.precharges, 2);
  EXPECT_EQ(counts.row_hits, 1);
  EXPECT_EQ(counts.refreshes, 2);
  EXPECT_EQ(counts.busy_cycles, 3 * 4);
}

TEST(Counts, PartialBurstsAreWholeOnTheBus) {
  Driver dram(ddr4());
  dram.accept(60, 8, false, 0);     // touches bursts 0 and 1
  dram.accept(128, 64, false, 0);   // burst 2
  dram.accept(255, 130, false, 0);  // bursts 3 to 6
  dram.finish();
  EXPECT_EQ(dram.memory().counts().reads, 2 + 1 + 4);
}

TEST(Counts, APieceIsSpreadOverAllChannels) {
  const DramConfig part = odd_part();
  Driver dram(part);
  dram.accept(part.burst_bytes() * 2, part.burst_bytes() * 10, true, 0);
  dram.finish();
  EXPECT_EQ(dram.memory().counts().writes, 10);
  std::vector<int64_t> per_channel(3, 0);
  for (const Command& c : dram.checker().trace()) {
    if (c.kind == CommandKind::write) ++per_channel[static_cast<size_t>(c.channel)];
  }
  EXPECT_THAT(per_channel, testing::ElementsAre(3, 3, 4));  // bursts 2 .. 11
}

/// Random traffic: pieces of up to 1 KiB, clustered so that hits, conflicts and turnarounds all happen.
struct Request {
  int64_t cycle, address, bytes;
  bool write;
};
std::vector<Request> random_requests(const DramConfig& part, unsigned seed, int count) {
  std::mt19937_64 random(seed);
  std::vector<Request> requests;
  int64_t cycle = 0;
  const auto span =
      static_cast<uint64_t>(part.row_bytes() * part.bank_groups * part.banks_per_group * part.ranks * 3);
  uint64_t base = 0;
  for (int i = 0; i < count; ++i) {
    if (random() % 8 == 0) base = random() % span;
    if (random() % 3 == 0) cycle += static_cast<int64_t>(random() % (random() % 40 == 0 ? 3000 : 60));
    base = (base + random() % 700) % span;
    requests.push_back(
        {cycle, static_cast<int64_t>(base), 1 + static_cast<int64_t>(random() % 1000), random() % 3 == 0});
  }
  return requests;
}
std::vector<DramConfig> parts_under_test() {
  std::vector<DramConfig> parts = {ddr4(), two_ranks(), lpddr4(), odd_part(), ddr4()};
  parts.back().name = "ddr4 with the most refreshes";
  parts.back().refi = 420 + 2 * (55 + 20 + 34);
  parts.push_back(two_ranks());
  parts.back().name = "ranks that take turns";
  parts.back().ccd_s = parts.back().ccd_l = 12;
  for (size_t i = 0; i < 4; ++i) {
    parts.push_back(parts[i]);
    parts.back().open_page = false;
    parts.back().name += " closed page";
  }
  return parts;
}

/// Bursts that are not the first one after an activate of their bank.
int64_t hits(const std::vector<Command>& trace) {
  std::map<std::array<int64_t, 4>, bool> fresh;
  int64_t hits = 0;
  for (const Command& c : trace) {
    bool& bank = fresh[{c.channel, c.rank, c.group, c.bank}];
    if (c.kind == CommandKind::activate) bank = true;
    const bool burst = c.kind == CommandKind::read || c.kind == CommandKind::read_auto_precharge ||
                       c.kind == CommandKind::write || c.kind == CommandKind::write_auto_precharge;
    if (!burst) continue;
    hits += bank ? 0 : 1;
    bank = false;
  }
  return hits;
}

TEST(MemorySystem, NoCommandOfRandomTrafficBreaksATiming) {
  for (const DramConfig& part : parts_under_test()) {
    Driver dram(part);
    int64_t bursts = 0;
    for (const Request& r : random_requests(part, 7, 1500)) {
      dram.accept(r.address, r.bytes, r.write, r.cycle);
      bursts += dram.memory().bursts(r.address, r.bytes);
    }
    dram.finish();
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << part.name;
    const DramCounts counts = dram.memory().counts();
    EXPECT_EQ(counts.reads + counts.writes, bursts);
    EXPECT_EQ(counts.precharges, dram.checker().closings());
    EXPECT_EQ(counts.activates, counts.precharges + dram.checker().open_banks());
    EXPECT_EQ(counts.row_hits, hits(dram.checker().trace())) << part.name;
  }
}

/// When each request ended.
std::vector<int64_t> replay(const DramConfig& part, const std::vector<Request>& requests, bool every_cycle,
                            std::vector<Command>& trace) {
  Driver dram(part);
  int64_t now = 0;
  const auto run_to = [&](int64_t cycle) {
    if (every_cycle) {
      while (now < cycle) dram.advance(++now);
      return;
    }
    for (int64_t next = dram.memory().next_event(); next <= cycle; next = dram.memory().next_event()) {
      dram.advance(next);
    }
    now = dram.advance(cycle);
  };
  for (const Request& r : requests) {
    run_to(r.cycle);
    dram.accept(r.address, r.bytes, r.write, r.cycle);
  }
  while (dram.memory().waiting_bursts() > 0) run_to(now + 1000);
  run_to(now + 1000);
  trace = dram.checker().trace();
  return dram.ends();
}

TEST(MemorySystem, LookingOnlyAtNextEventsChangesNothing) {
  for (const DramConfig& part : parts_under_test()) {
    const std::vector<Request> requests = random_requests(part, 11, 800);
    std::vector<Command> eager_trace;
    std::vector<Command> lazy_trace;
    const auto eager = replay(part, requests, true, eager_trace);
    const auto lazy = replay(part, requests, false, lazy_trace);
    EXPECT_EQ(eager, lazy) << part.name;
    const auto by_cycle = [](const Command& a, const Command& b) {
      return a.cycle != b.cycle ? a.cycle < b.cycle : a.channel < b.channel;
    };
    std::sort(eager_trace.begin(), eager_trace.end(), by_cycle);
    std::sort(lazy_trace.begin(), lazy_trace.end(), by_cycle);
    EXPECT_TRUE(eager_trace == lazy_trace) << part.name;
  }
}

/// A bound that was given holds until the next request: no piece may end before it.
struct Promises {
  int64_t promised = 0;  // the highest bound since the last request
  int64_t broken = 0;
  int64_t ends = 0;
};

/// Pieces of random size, place and direction; the channel is asked for a bound in every cycle.
Promises promises_of(const DramConfig& part, uint64_t seed) {
  const AddressMap map(part);
  Channel channel(part, map, 0);
  std::mt19937_64 random(seed);
  Promises result;
  int64_t cycle = 0;
  const auto check_ends = [&] {
    for (const Channel::PartEnd& end : channel.ended()) {
      ++result.ends;
      result.broken += end.cycle < result.promised ? 1 : 0;
    }
    channel.ended().clear();
  };
  for (int32_t ticket = 0; ticket < 200; ++ticket) {
    const auto first = static_cast<int64_t>(random() % 4000);
    channel.push(ticket, first, 1 + static_cast<int64_t>(random() % 12), random() % 3 == 0);
    result.promised = channel.earliest_end();
    const auto pause = static_cast<int64_t>(random() % (random() % 8 == 0 ? 400 : 20));
    for (const int64_t until = cycle + pause;
         cycle <= until || (ticket == 199 && channel.waiting_bursts() > 0); ++cycle) {
      channel.run_until(cycle);
      check_ends();
      if (channel.waiting_bursts() > 0) result.promised = std::max(result.promised, channel.earliest_end());
    }
  }
  return result;
}

TEST(Channel, NoPieceEndsBeforeTheBound) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const DramConfig part = random_part(seed);
    const Promises promises = promises_of(part, seed);
    EXPECT_EQ(promises.ends, 200) << part.name;
    EXPECT_EQ(promises.broken, 0) << part.name;
  }
}

// Two ranks take turns on the bus every 4 + 1 cycles, sooner than one rank may follow itself after 12.
TEST(Channel, RanksThatTakeTurnsEndSoonerThanOneRankCould) {
  DramConfig part = two_ranks();
  part.ccd_s = 12, part.ccd_l = 12, part.rtrs = 1;
  part.bank_groups = 1, part.banks_per_group = 1, part.columns = 8;  // burst by burst to the other rank
  Channel channel(part, AddressMap(part), 0);
  channel.push(0, 0, 2, false);
  channel.run_until(1000);  // both rows are open
  channel.ended().clear();
  channel.push(1, 0, 2, false);
  const int64_t bound = channel.earliest_end();
  channel.run_until(2000);
  ASSERT_EQ(channel.ended().size(), 1U);
  EXPECT_EQ(channel.ended().front().cycle, 1001 + 5 + 16 + 4);
  EXPECT_EQ(bound, 1001 + 5 + 12 + 4);  // were they writes
}

TEST(MemorySystem, ResetRestoresPowerUp) {
  const DramConfig part = two_ranks();
  const std::vector<Request> requests = random_requests(part, 5, 300);
  Driver dram(part);
  std::vector<DramCounts> counts;
  std::vector<int64_t> ends;
  for (int run = 0; run < 3; ++run) {
    if (run == 1) dram.accept(12345, 700, true, 77);  // another past
    if (run == 1) dram.finish();
    dram.memory().observe(nullptr);
    dram.memory().reset();
    for (const Request& r : requests) dram.accept(r.address, r.bytes, r.write, r.cycle);
    ends.push_back(dram.finish());
    counts.push_back(dram.memory().counts());
  }
  for (int run = 1; run < 3; ++run) {
    EXPECT_EQ(ends[static_cast<size_t>(run)], ends[0]);
    EXPECT_EQ(counts[static_cast<size_t>(run)].activates, counts[0].activates);
    EXPECT_EQ(counts[static_cast<size_t>(run)].refreshes, counts[0].refreshes);
    EXPECT_EQ(counts[static_cast<size_t>(run)].row_hits, counts[0].row_hits);
  }
}

}  // namespace
}  // namespace fusesim::hw
