#include "blocks/cycle_log.h"

#include <gtest/gtest.h>

#include "fusesim/base/error.h"

namespace fusesim::hw {
namespace {

/// Cycles of one cause over all ops.
int64_t cycles_of(const std::map<int64_t, CauseCycles>& by_op, Cause cause) {
  int64_t cycles = 0;
  for (const auto& [op, mine] : by_op) cycles += mine[cause];
  return cycles;
}

int64_t total(const std::map<int64_t, CauseCycles>& by_op) {
  int64_t cycles = 0;
  for (const auto& [op, mine] : by_op) cycles += mine.total();
  return cycles;
}

TEST(CycleLog, AnIdleStretchGoesToWhatEndsItsParts) {
  CycleLog log;
  log.waited(30, Cause::weights);
  log.waited(50, Cause::ifmap);
  log.occupied(Cause::array, {50, 60, Cause::array, 7});
  log.waited(75, Cause::ofmap);
  const auto by_op = log.causes(10, 75, {});
  EXPECT_EQ(by_op.at(7)[Cause::weights], 20);
  EXPECT_EQ(by_op.at(7)[Cause::ifmap], 20);
  EXPECT_EQ(by_op.at(7)[Cause::array], 10);
  EXPECT_EQ(by_op.at(7)[Cause::ofmap], 15);
  EXPECT_EQ(total(by_op), 65);
}

TEST(CycleLog, ComputingComesBeforePortsAndThoseBeforeFilling) {
  CycleLog log;
  // array: fills, computes, waits for a port; vector unit beside it
  log.occupied(Cause::array, {0, 10, Cause::fill, 1});
  log.occupied(Cause::array, {10, 30, Cause::array, 1});
  log.occupied(Cause::array, {30, 40, Cause::port, 1});
  log.occupied(Cause::vector_unit, {4, 12, Cause::vector_unit, 2});
  log.occupied(Cause::vector_unit, {12, 33, Cause::port, 2});
  log.occupied(Cause::vector_unit, {33, 36, Cause::vector_unit, 3});
  const auto by_op = log.causes(0, 40, {});
  EXPECT_EQ(by_op.at(1)[Cause::fill], 4);
  EXPECT_EQ(by_op.at(2)[Cause::vector_unit], 10 - 4);
  EXPECT_EQ(by_op.at(1)[Cause::array], 20);
  EXPECT_EQ(by_op.at(3)[Cause::vector_unit], 3);
  EXPECT_EQ(cycles_of(by_op, Cause::port), 3 + 4);
  EXPECT_EQ(total(by_op), 40);
}

TEST(CycleLog, ABusThatStandsStillTakesOnlyCyclesThatSomebodyWaits) {
  CycleLog log;
  log.occupied(Cause::array, {0, 20, Cause::array, 0});
  log.waited(50, Cause::weights);
  log.occupied(Cause::array, {50, 60, Cause::array, 1});
  log.waited(80, Cause::ofmap);
  const auto by_op = log.causes(0, 80, {{5, 25}, {30, 31}, {45, 65}, {79, 90}});
  EXPECT_EQ(by_op.at(1)[Cause::weights], 30 - 5 - 1 - 5);
  EXPECT_EQ(by_op.at(1)[Cause::ofmap], 20 - 5 - 1);
  EXPECT_EQ(cycles_of(by_op, Cause::dram_overhead), 5 + 1 + 5 + 5 + 1);
  EXPECT_EQ(cycles_of(by_op, Cause::array), 30);
}

TEST(CycleLog, WaitingCountsForTheOpThatWorksNext) {
  CycleLog log;
  log.waited(10, Cause::ifmap);
  log.occupied(Cause::vector_unit, {10, 11, Cause::vector_unit, 4});
  log.waited(20, Cause::ifmap);
  log.occupied(Cause::array, {20, 21, Cause::array, 5});
  log.waited(23, Cause::ofmap);
  const auto by_op = log.causes(0, 23, {});
  EXPECT_EQ(by_op.at(4).total(), 11);
  EXPECT_EQ(by_op.at(5).total(), 12);
  log.clear();
  log.waited(3, Cause::ifmap);
  EXPECT_EQ(log.causes(0, 3, {}).at(-1)[Cause::ifmap], 3);
}

TEST(CycleLog, OfArrivalsAtOneMomentTheFirstCounts) {
  CycleLog log;
  log.waited(5, Cause::weights);
  log.waited(5, Cause::ifmap);
  EXPECT_EQ(log.causes(0, 5, {}).at(-1)[Cause::weights], 5);
}

TEST(CycleLog, AUnitThatGoesOnWithoutAnArrivalIsAnError) {
  CycleLog log;
  log.waited(8, Cause::ifmap);
  log.occupied(Cause::array, {9, 12, Cause::array, 0});
  EXPECT_THROW(log.causes(0, 12, {}), Error);
  EXPECT_THROW(log.causes(9, 13, {}), Error);
  EXPECT_NO_THROW(log.causes(9, 12, {}));
}

}  // namespace
}  // namespace fusesim::hw
