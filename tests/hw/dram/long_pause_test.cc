#include <gtest/gtest.h>

#include <vector>

#include "dram/memory_system.h"
#include "random_parts.h"
#include "testing/dram_parts.h"

namespace fusesim::hw {
namespace {

class Watcher : public CommandObserver {
 public:
  void on_command(const Command&) override { ++commands; }
  int64_t commands = 0;
};

/// What a memory says of a few requests, each after a pause.
struct Heard {
  std::vector<int64_t> ends;
  DramCounts counts;
};

/// A watched memory plays every refresh of a pause.
Heard after_pauses(const DramConfig& part, const std::vector<int64_t>& pauses, CommandObserver* watcher) {
  MemorySystem memory(part);
  if (watcher != nullptr) memory.observe(watcher);
  Heard heard;
  int64_t now = 0;
  int64_t address = 0;
  for (const int64_t pause : pauses) {
    now += pause;
    memory.accept(address, 5 * part.burst_bytes() + 1, heard.ends.size() % 3 == 1, now);
    address += 3 * part.burst_bytes();
    for (int64_t next = memory.next_event(); next != kNever; next = memory.next_event()) {
      now = next;
      memory.advance(now);
      while (memory.take_finished(now) >= 0) heard.ends.push_back(now);
    }
  }
  memory.advance(now + pauses.back());
  heard.counts = memory.counts();
  return heard;
}

std::vector<int64_t> numbers(const DramCounts& c) {
  return {c.bus_bytes,
          c.reads,
          c.writes,
          c.activates,
          c.precharges,
          c.row_hits,
          c.refreshes,
          c.busy_cycles,
          c.active_cycles,
          c.active_power_down_cycles,
          c.precharged_power_down_cycles};
}

TEST(LongPause, ComesToWhatIsPlayed) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const DramConfig part = random_part(seed);
    const auto odd = static_cast<int64_t>(seed);
    const std::vector<int64_t> pauses = {odd, 700 * part.refi + odd, 10 * odd, 2000 * part.refi + 7 * odd,
                                         516 * part.refi};
    Watcher watcher;
    const Heard played = after_pauses(part, pauses, &watcher);
    const Heard passed = after_pauses(part, pauses, nullptr);
    ASSERT_EQ(passed.ends, played.ends) << part.name;
    ASSERT_EQ(numbers(passed.counts), numbers(played.counts)) << part.name;
    ASSERT_GT(watcher.commands, 3000) << part.name;
  }
}

/// A year of DDR4: 10^13 refreshes, one by one, would take days.
TEST(LongPause, OfAYearIsPassedOver) {
  const DramConfig part = ddr4();
  const int64_t year = int64_t{365} * 24 * 3600 * part.clock_khz * 1000;
  const Heard heard = after_pauses(part, {0, year}, nullptr);
  // Of every rank of every channel; a pause goes before and one behind the second request.
  EXPECT_NEAR(static_cast<double>(heard.counts.refreshes),
              2.0 * static_cast<double>(year) / static_cast<double>(part.refi) *
                  static_cast<double>(part.ranks * part.channels),
              4.0);
}

}  // namespace
}  // namespace fusesim::hw
