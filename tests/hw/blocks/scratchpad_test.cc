#include "blocks/scratchpad.h"

#include <gtest/gtest.h>

#include "testing/guard.h"

namespace fusesim::hw {
namespace {

using Guard = SimulationError::Guard;

TEST(Scratchpad, AllocatesUpToOneByteLessThanItsCapacity) {
  Scratchpad scratchpad(1000);
  scratchpad.allocate("a", 600);
  scratchpad.allocate("b", 399);
  EXPECT_EQ(scratchpad.allocated_bytes(), 999);
}

TEST(Scratchpad, RefusesToFillItsCapacity) {
  Scratchpad scratchpad(1000);
  scratchpad.allocate("a", 600);
  std::string message;
  EXPECT_EQ(tripped_guard([&] { scratchpad.allocate("ring of x", 400); }, &message),
            Guard::scratchpad_overflow);
  EXPECT_EQ(message, "ring of x: expected an allocation below the 400 bytes that are free of 1000, got 400");
}

TEST(Scratchpad, WhatIsHeldAheadLeavesLessToAllocate) {
  Scratchpad scratchpad(1000);
  scratchpad.allocate("a", 600);
  EXPECT_EQ(scratchpad.free_bytes(), 399);
  scratchpad.hold_ahead(300);
  EXPECT_EQ(scratchpad.free_bytes(), 99);
  EXPECT_EQ(scratchpad.allocated_bytes(), 600);
  EXPECT_EQ(tripped_guard([&] { scratchpad.hold_ahead(100); }), Guard::scratchpad_overflow);
  EXPECT_EQ(tripped_guard([&] { scratchpad.allocate("b", 100); }), Guard::scratchpad_overflow);
  scratchpad.reset();
  EXPECT_EQ(scratchpad.free_bytes(), 999);
}

TEST(Scratchpad, HighWaterIsTheMostThatLivedAtOnce) {
  Scratchpad scratchpad(1000);
  scratchpad.allocate("a", 500);
  scratchpad.add_live(300);
  scratchpad.add_live(-200);
  scratchpad.add_live(150);
  EXPECT_EQ(scratchpad.live_bytes(), 250);
  EXPECT_EQ(scratchpad.high_water_bytes(), 300);
}

TEST(Scratchpad, RefusesMoreLiveDataThanAllocated) {
  Scratchpad scratchpad(1000);
  scratchpad.allocate("a", 500);
  EXPECT_EQ(tripped_guard([&] { scratchpad.add_live(501); }), Guard::scratchpad_overflow);
}

TEST(Scratchpad, ResetFreesEverything) {
  Scratchpad scratchpad(1000);
  scratchpad.allocate("a", 500);
  scratchpad.add_live(100);
  scratchpad.reset();
  EXPECT_EQ(scratchpad.allocated_bytes(), 0);
  EXPECT_EQ(scratchpad.high_water_bytes(), 0);
  scratchpad.allocate("a", 999);
}

}  // namespace
}  // namespace fusesim::hw
