#include "time/dram_bus.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace fusesim {
namespace {

/// Plays transfers, each after the one before it of its owner, until all have been moved.
class DramBusTest : public ::testing::Test {
 protected:
  DramBusTest() {
    machine_.clock_khz = 1'200'000;  // cycles of the DRAM's command clock
    machine_.dma.setup_cycles = 0;
  }

  struct Stream {
    int64_t address, bytes;
    int count = 1;
    bool writes = false;
    int64_t pieces = 1, stride_bytes = 0;
    int queue = -1;
  };

  /// Cycles until the last of each stream ends.
  std::vector<double> play(const std::vector<Stream>& streams) {
    const DramTime time(machine_);
    DramBus bus(time, machine_.dram);
    bus.reset();
    if (open_address_ >= 0) bus.open_before(open_address_, 1);
    std::vector<double> ends(streams.size());
    std::vector<int> moved(streams.size(), 0);
    const auto begin = [&](size_t s, int64_t now) {
      const Stream& stream = streams[s];
      bus.begin({static_cast<int>(s), stream.address + moved[s] * stream.bytes, stream.bytes, stream.writes,
                 static_cast<int>(s), stream.pieces, stream.stride_bytes, stream.queue},
                now);
    };
    for (size_t s = 0; s < streams.size(); ++s) begin(s, 0);
    std::vector<int> ended;
    for (int64_t now = bus.next(); now != DramBus::kNever; now = bus.next()) {
      ended.clear();
      bus.advance(now, ended);
      for (const int owner : ended) {
        const auto s = static_cast<size_t>(owner);
        ends[s] = static_cast<double>(now) / static_cast<double>(kTicksPerCycle);
        if (++moved[s] < streams[s].count) begin(s, now);
      }
    }
    activates_ = bus.activates();
    return ends;
  }

  MachineParams machine_;
  double activates_ = 0;
  int64_t open_address_ = -1;  ///< of a row that is open at first
};

constexpr int64_t kMiB = 1 << 20;

TEST_F(DramBusTest, OneStreamMovesAtPeakRate) {
  const DramPart& d = machine_.dram;
  const double bursts = static_cast<double>(kMiB) / static_cast<double>(d.burst_bytes());
  const double peak = bursts * static_cast<double>(d.burst_length) / 2.0;
  const double refreshes = std::floor(peak / static_cast<double>(d.refi));
  const double all = peak + refreshes * static_cast<double>(d.rfc + d.rp + d.rcd);
  EXPECT_NEAR(play({{0, kMiB}})[0], all, 0.01 * all);
  const int64_t rows = kMiB / d.row_bytes();
  EXPECT_EQ(activates_, static_cast<double>(rows) + refreshes * 4);
}

TEST_F(DramBusTest, StreamsShareTheBusByTurns) {
  const std::vector<double> both = play({{0, kMiB}, {kMiB, kMiB / 4}});
  // The shorter one has half of the bus until it ends.
  EXPECT_NEAR(both[1] / both[0], 2.0 / 5.0, 0.05);
}

TEST_F(DramBusTest, ARowWaitsForWhatIsUnderWay) {
  // Rows of a turn beside a long transfer: each finds the window full of the other's turns.
  const int rows = 64;
  const std::vector<double> ends = play({{0, 1024, rows}, {kMiB, kMiB}});
  const auto window = static_cast<double>(machine_.dma.max_outstanding_bursts) * 4.0;
  EXPECT_GT(ends[0] / rows, window);
  EXPECT_LT(ends[0] / rows, 2 * window);
}

TEST_F(DramBusTest, TwoRowsOfABankTakeTurns) {
  DramBanks banks(machine_.dram);
  int64_t same = 1;
  while (&banks.bank(same) != &banks.bank(0)) ++same;
  const auto both_end = [&](int64_t stretch) {
    return play({{0, 1024, 16}, {stretch * banks.stretch_bytes(), 1024, 16}})[0];
  };
  const double apart = both_end(1);
  const double opened = activates_;
  EXPECT_GT(both_end(same), apart);
  EXPECT_GT(activates_, opened);
}

TEST_F(DramBusTest, OneBurstAtATimeTakesARoundTripEach) {
  machine_.dma.max_outstanding_bursts = 1;
  const DramPart& d = machine_.dram;
  const int64_t bursts = 256;
  const int64_t data_clocks = d.burst_length / 2;
  const auto each = static_cast<double>(d.cl + data_clocks);
  EXPECT_NEAR(play({{0, bursts * d.burst_bytes()}})[0], each * bursts, 0.05 * each * bursts);
}

TEST_F(DramBusTest, WritesWaitForTheBusToTurnRound) {
  const int64_t other_bank = DramBanks(machine_.dram).stretch_bytes();
  const std::vector<double> reads = play({{0, 512, 64}, {other_bank, 512, 64}});
  const std::vector<double> mixed = play({{0, 512, 64}, {other_bank, 512, 64, true}});
  EXPECT_GT(*std::max_element(mixed.begin(), mixed.end()), *std::max_element(reads.begin(), reads.end()));
}

TEST_F(DramBusTest, ATransferEndsWhenAllOfItHasMoved) {
  // The row of its second piece is open, so that the first one moves last.
  const int64_t other_bank = DramBanks(machine_.dram).stretch_bytes();
  const double apart = play({{0, 512}})[0];
  open_address_ = other_bank;
  EXPECT_GE(play({{0, 512, 1, false, 2, other_bank}})[0], apart);
  EXPECT_EQ(activates_, 4.0);  // one row in each bank group
}

TEST_F(DramBusTest, TransfersOfAQueueAreSentOneAfterAnother) {
  const int64_t other_bank = DramBanks(machine_.dram).stretch_bytes();
  const std::vector<double> beside = play({{0, kMiB / 8}, {other_bank * 8, kMiB / 8}});
  const std::vector<double> queued =
      play({{0, kMiB / 8, 1, false, 1, 0, 0}, {other_bank * 8, kMiB / 8, 1, false, 1, 0, 0}});
  EXPECT_NEAR(beside[0], beside[1], 0.05 * beside[1]);
  EXPECT_NEAR(queued[0], queued[1] / 2.0, 0.05 * queued[1]);
}

TEST_F(DramBusTest, ABurstAfterOneOfItsBankGroupWaits) {
  const DramPart& d = machine_.dram;
  const int64_t groups = d.bank_groups;
  const double in_turn = play({{0, d.burst_bytes(), 1, false, 64, d.burst_bytes()}})[0];
  const double in_one = play({{0, d.burst_bytes(), 1, false, 64, groups * d.burst_bytes()}})[0];
  EXPECT_NEAR(in_one - in_turn, 63.0 * static_cast<double>(d.ccd_l - d.ccd_s), 2.0);
}

TEST_F(DramBusTest, AnOpenRowIsNotOpenedAgain) {
  const double closed = play({{0, 512}})[0];
  open_address_ = 0;
  EXPECT_NEAR(closed - play({{0, 512}})[0], static_cast<double>(machine_.dram.rcd), 1.0);
  EXPECT_EQ(activates_, 0.0);
}

}  // namespace
}  // namespace fusesim
