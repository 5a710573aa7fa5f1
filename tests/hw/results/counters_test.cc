#include "fusesim/hw/counters.h"

#include <gtest/gtest.h>

namespace fusesim {
namespace {

constexpr DramCounts kEarly = {64, 1, 2, 3, 4, 5, 6, 7};
constexpr DramCounts kLate = {640, 10, 20, 30, 40, 50, 60, 70};

void expect_equal(const DramCounts& a, const DramCounts& b) {
  EXPECT_EQ(a.bus_bytes, b.bus_bytes);
  EXPECT_EQ(a.reads, b.reads);
  EXPECT_EQ(a.writes, b.writes);
  EXPECT_EQ(a.activates, b.activates);
  EXPECT_EQ(a.precharges, b.precharges);
  EXPECT_EQ(a.row_hits, b.row_hits);
  EXPECT_EQ(a.refreshes, b.refreshes);
  EXPECT_EQ(a.busy_cycles, b.busy_cycles);
}

TEST(DramCounts, AddFieldByField) {
  DramCounts sum = kLate;
  sum += kEarly;
  expect_equal(sum, {704, 11, 22, 33, 44, 55, 66, 77});
}

TEST(DramCounts, WhatHappenedSinceAReadingIsTheDifference) {
  DramCounts since = kLate;
  since -= kEarly;
  expect_equal(since, {576, 9, 18, 27, 36, 45, 54, 63});
}

TEST(CycleCounts, AddFieldByField) {
  CycleCounts sum = {10, 20, 30, 40, 50, 60};
  sum += CycleCounts{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(sum.total, 11);
  EXPECT_EQ(sum.pe_busy, 22);
  EXPECT_EQ(sum.vector_busy, 33);
  EXPECT_EQ(sum.dram_busy, 44);
  EXPECT_EQ(sum.stall, 55);
  EXPECT_EQ(sum.port_bound, 66);
}

TEST(EnergyParts, AddPartByPart) {
  EnergyParts sum = {10, 20, 30, 40, 50, 60};
  sum += EnergyParts{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(sum.array_pj, 11);
  EXPECT_EQ(sum.vector_pj, 22);
  EXPECT_EQ(sum.buffer_pj, 33);
  EXPECT_EQ(sum.dram_pj, 44);
  EXPECT_EQ(sum.dram_background_pj, 55);
  EXPECT_EQ(sum.static_pj, 66);
  EXPECT_EQ(sum.total_pj(), 231);
}

}  // namespace
}  // namespace fusesim
