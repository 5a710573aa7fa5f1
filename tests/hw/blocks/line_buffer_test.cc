#include "blocks/line_buffer.h"

#include <gtest/gtest.h>

#include "testing/guard.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;

struct LineBufferTest : ::testing::Test {
  Scratchpad scratchpad{1000};
  LineBuffer ring{"t", 2, 3, 10, scratchpad};  // 2 channels, 3 rows of 10 bytes

  void add_row(uint64_t value) {
    uint64_t* slot = ring.open();
    if (slot != nullptr) slot[0] = slot[1] = value;
    ring.push();
  }
};

TEST_F(LineBufferTest, AllocatesItsRows) { EXPECT_EQ(scratchpad.allocated_bytes(), 30); }

TEST_F(LineBufferTest, RowsStayUntilEveryReaderLetsGo) {
  const size_t a = ring.add_reader(0);
  const size_t b = ring.add_reader(0);
  for (uint64_t v = 0; v < 3; ++v) add_row(v);
  EXPECT_FALSE(ring.can_open());
  ring.release(a, 2);
  EXPECT_FALSE(ring.can_open());
  EXPECT_EQ(*ring.channels(0, 1, 2), 0U);
  ring.release(b, 1);
  EXPECT_TRUE(ring.can_open());
  add_row(3);
  EXPECT_EQ(*ring.channels(3, 0, 2), 3U);
  EXPECT_EQ(*ring.channels(1, 0, 2), 1U);
  EXPECT_EQ(scratchpad.high_water_bytes(), 30);
}

TEST_F(LineBufferTest, DeadRowsPassThroughAndOccupyNothing) {
  const size_t reader = ring.add_reader(0);
  add_row(0);
  ring.release(reader, 3);  // rows 1 and 2 are never read
  EXPECT_TRUE(ring.next_is_dead());
  EXPECT_EQ(ring.open(), nullptr);
  ring.push();
  EXPECT_EQ(scratchpad.live_bytes(), 0);
  EXPECT_EQ(scratchpad.high_water_bytes(), 10);
}

TEST_F(LineBufferTest, ARowReleasedOnItsWayOccupiesNothingAfterwards) {
  const size_t reader = ring.add_reader(0);
  ASSERT_NE(ring.open(), nullptr);
  ring.release(reader, 1);
  EXPECT_EQ(scratchpad.live_bytes(), 10);
  ring.push();
  EXPECT_EQ(scratchpad.live_bytes(), 0);
}

TEST_F(LineBufferTest, PushingIntoAFullRingTripsTheGuard) {
  ring.add_reader(0);
  for (uint64_t v = 0; v < 3; ++v) add_row(v);
  std::string message;
  EXPECT_EQ(tripped_guard([&] { ring.open(); }, &message), Guard::ring_overflow);
  EXPECT_EQ(message,
            "t: expected a free slot for row 3, got a full ring (ring holds rows 0 to 2, 3 of 3 slots)");
}

TEST_F(LineBufferTest, ReadingAReleasedRowTripsTheGuard) {
  const size_t reader = ring.add_reader(0);
  add_row(0);
  add_row(1);
  ring.release(reader, 1);
  std::string message;
  EXPECT_EQ(tripped_guard([&] { ring.channels(0, 0, 2); }, &message), Guard::row_not_resident);
  EXPECT_EQ(message, "t: expected row 0 on chip, got ring holds rows 1 to 1, 1 of 3 slots");
}

TEST_F(LineBufferTest, ReadingARowBeforeItCameTripsTheGuard) {
  ring.add_reader(0);
  add_row(0);
  EXPECT_EQ(tripped_guard([&] { ring.channels(1, 0, 2); }), Guard::row_not_resident);
}

TEST_F(LineBufferTest, ReadingChannelsThatDoNotExistTripsTheGuard) {
  ring.add_reader(0);
  add_row(0);
  EXPECT_EQ(tripped_guard([&] { ring.channels(0, 1, 3); }), Guard::row_not_resident);
}

}  // namespace
}  // namespace fusesim::hw
