#include <gmock/gmock.h>

#include <algorithm>

#include "fusesim/sweep/results.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

PointResult good(int64_t bytes, bool optimal = true) {
  return {PointStatus::ok, "", sample_report(bytes, optimal), 1.5};
}

/// A point that is proven least in `objective`.
PointResult least(const char* objective, int64_t cycles, int64_t energy_pj) {
  PointResult point = good(100);
  point.report["search"]["objective"] = objective;
  point.report["totals"]["predicted"] = {{"cycles", cycles}, {"energy_pj", energy_pj}};
  return point;
}

const ComparedOptima& compared(const MonotoneCheck& check, const std::string& objective) {
  return *std::find_if(check.compared.begin(), check.compared.end(),
                       [&](const ComparedOptima& one) { return one.objective == objective; });
}

TEST(Monotone, FindsMoreTrafficAtALargerBuffer) {
  const Sweep sweep = sample_sweep(3);
  const MonotoneCheck check = check_monotone(sweep, {good(90), good(100), good(100)});
  ASSERT_EQ(check.found.size(), 1U);
  EXPECT_EQ(check.found[0].smaller, 0U);
  EXPECT_EQ(check.found[0].larger, 1U);
  EXPECT_EQ(check.found[0].smaller_value, 105);
  EXPECT_EQ(check.found[0].larger_value, 115);
  EXPECT_EQ(compared(check, "dram").pairs, 2);
  EXPECT_EQ(compared(check, "cycles").pairs, 0);
  const SweepResults results{sweep, {good(90), good(100), good(100)}, check};
  EXPECT_FALSE(results.good());
  ASSERT_EQ(complaints(results).size(), 1U);
  EXPECT_EQ(complaints(results)[0],
            "buffer=2KiB: expected at most the 105 bytes of buffer=1KiB, which has a smaller buffer, got 115 "
            "bytes");
}

TEST(Monotone, GoesByBufferSizeNotByOrder) {
  Sweep sweep = sample_sweep(2);
  std::swap(sweep.points[0].buffer_bytes, sweep.points[1].buffer_bytes);
  EXPECT_THAT(check_monotone(sweep, {good(90), good(100)}).found, IsEmpty());
  EXPECT_EQ(check_monotone(sweep, {good(100), good(90)}).found.size(), 1U);
}

TEST(Monotone, LooksAtProvenOptimaOfOneFamilyOnly) {
  Sweep sweep = sample_sweep(2);
  EXPECT_THAT(check_monotone(sweep, {good(90), good(100, false)}).found, IsEmpty());
  EXPECT_THAT(check_monotone(sweep, {good(90), {PointStatus::failed, "x", nullptr, 0.0}}).found, IsEmpty());
  sweep.points[1].family = "two";
  EXPECT_THAT(check_monotone(sweep, {good(90), good(100)}).found, IsEmpty());
}

TEST(Monotone, LooksAtWhatWasMadeLeast) {
  const Sweep sweep = sample_sweep(2);
  for (const char* objective : {"cycles", "energy", "edp"}) {
    EXPECT_EQ(check_monotone(sweep, {least(objective, 10, 10), least(objective, 11, 11)}).found.size(), 1U)
        << objective;
    EXPECT_THAT(check_monotone(sweep, {least(objective, 10, 10), least(objective, 10, 10)}).found, IsEmpty());
  }
  EXPECT_THAT(check_monotone(sweep, {least("cycles", 10, 10), least("cycles", 9, 20)}).found, IsEmpty());
  EXPECT_THAT(check_monotone(sweep, {least("energy", 10, 10), least("energy", 20, 9)}).found, IsEmpty());
  const MonotoneCheck edp = check_monotone(sweep, {least("edp", 10, 10), least("edp", 13, 8)});
  ASSERT_EQ(edp.found.size(), 1U);
  EXPECT_EQ(
      complaints({sweep, {least("edp", 10, 10), least("edp", 13, 8)}, edp})[0],
      "buffer=2KiB: expected at most the 100 pJ x cycles of buffer=1KiB, which has a smaller buffer, got "
      "104 pJ x cycles");
}

TEST(Monotone, TakesOptimaOfOtherPlansFromTheReports) {
  const Sweep sweep = sample_sweep(2);
  const auto with_least_time = [](int64_t cycles, bool optimal) {
    PointResult point = good(100);
    point.report["alternatives"] = {{{"objective", "cycles"},
                                     {"dram_bytes", 1},
                                     {"cycles", cycles},
                                     {"energy_pj", 1},
                                     {"optimal", optimal}}};
    return point;
  };
  EXPECT_EQ(check_monotone(sweep, {with_least_time(5, true), with_least_time(6, true)}).found.size(), 1U);
  EXPECT_THAT(check_monotone(sweep, {with_least_time(5, true), with_least_time(6, false)}).found, IsEmpty());
}

TEST(Monotone, LeavesEnergyOutWhereAByteCostsMoreInALargerBuffer) {
  const Sweep sweep = sample_sweep(2);
  PointResult smaller = least("energy", 10, 10), larger = least("energy", 10, 11);
  for (PointResult* point : {&smaller, &larger})
    point->report["config"]["energy"]["buffer_read_byte_pj"] = "auto";
  const MonotoneCheck check = check_monotone(sweep, {smaller, larger});
  EXPECT_THAT(check.found, IsEmpty());
  EXPECT_EQ(compared(check, "energy").pairs, 0);
  EXPECT_EQ(compared(check, "energy").pairs_of_auto_energy, 1);
  EXPECT_THAT(sweep_table({sweep, {smaller, larger}, check}),
              HasSubstr("not compared: 1 energy; with energy.buffer_*_byte_pj: auto"));
  EXPECT_THAT(sweep_table({sweep, {good(2), good(1)}, check_monotone(sweep, {good(2), good(1)})}),
              Not(HasSubstr("not compared")));
}

TEST(Monotone, LeavesTimeOutWhereAnOpLeavesItsFallback) {
  const Sweep sweep = sample_sweep(2);
  PointResult smaller = least("cycles", 10, 10), larger = least("cycles", 11, 10);
  smaller.report["unfusable"] = {{{"index", 3}, {"rejection", "too_large"}}};
  const MonotoneCheck check = check_monotone(sweep, {smaller, larger});
  EXPECT_THAT(check.found, IsEmpty());
  EXPECT_EQ(compared(check, "cycles").pairs_of_other_schemes, 1);
  EXPECT_THAT(sweep_table({sweep, {smaller, larger}, check}),
              HasSubstr("not compared: 1 cycles; an op that is too large"));
  larger.report["unfusable"] = smaller.report["unfusable"];
  EXPECT_EQ(check_monotone(sweep, {smaller, larger}).found.size(), 1U);
  // traffic never rises
  PointResult little = good(90), much = good(100);
  little.report["unfusable"] = smaller.report["unfusable"];
  EXPECT_EQ(check_monotone(sweep, {little, much}).found.size(), 1U);
}

TEST(Monotone, SaysNothingOfTrafficWithSlack) {
  const Sweep sweep = sample_sweep(2);
  PointResult smaller = good(90), larger = good(100);
  for (PointResult* point : {&smaller, &larger}) point->report["config"]["search"]["traffic_slack"] = 0.5;
  EXPECT_THAT(check_monotone(sweep, {smaller, larger}).found, IsEmpty());
}

TEST(Monotone, SaysNothingOfPlansUnderALimit) {
  Sweep sweep = sample_sweep(2);
  for (Point& point : sweep.points) point.arguments = {"--objective", "energy", "--max-dram", "1.1x"};
  EXPECT_THAT(check_monotone(sweep, {least("energy", 10, 10), least("energy", 10, 11)}).found, IsEmpty());
}

}  // namespace
}  // namespace fusesim
