#include <gmock/gmock.h>

#include "fusesim/sweep/results.h"
#include "sample.h"

namespace fusesim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// Time in ms, energy in mJ, area in mm2.
PointResult run_of(double ms, double mj, double mm2) {
  PointResult point{PointStatus::ok, "", sample_report(100), 0.0};
  point.report["totals"]["simulated"]["cycles"] = static_cast<int64_t>(ms * 1e5);  // at 100 MHz
  point.report["totals"]["simulated"]["energy_pj"] = mj * 1e9;
  point.report["totals"]["area_mm2"]["total"] = mm2;
  return point;
}

TEST(BestBuffer, IsTheOneOfLeastProduct) {
  const Sweep sweep = sample_sweep(4);
  // EDP 12, 6, 5, 5; times area 12, 12, 15, 20
  const std::vector<PointResult> points = {run_of(4, 3, 1), run_of(3, 2, 2), run_of(2.5, 2, 3),
                                           run_of(2, 2.5, 4)};
  const std::vector<BestBuffer> best = best_buffers(sweep, points);
  ASSERT_EQ(best.size(), 1U);
  EXPECT_EQ(best[0].sizes, 4U);
  EXPECT_EQ(best[0].by_edp.point, 2U);
  EXPECT_DOUBLE_EQ(best[0].by_edp.value, 5);
  EXPECT_FALSE(best[0].by_edp.at_edge);
  EXPECT_EQ(best[0].by_edp_area.point, 0U);
  EXPECT_DOUBLE_EQ(best[0].by_edp_area.value, 12);
  EXPECT_TRUE(best[0].by_edp_area.at_edge);
}

TEST(BestBuffer, IsPrintedWithTheOtherAxes) {
  Sweep sweep = sample_sweep(4);
  sweep.axes.insert(sweep.axes.begin(), Axis{"model", {"a", "b"}});
  for (size_t i = 0; i < 4; ++i) {
    sweep.points[i].values.insert(sweep.points[i].values.begin(), i < 2 ? "a" : "b");
    sweep.points[i].family = i < 2 ? "a" : "b";
  }
  const std::vector<PointResult> points = {run_of(1, 1, 1), run_of(2, 2, 1), run_of(4, 3, 1),
                                           run_of(2, 2, 9)};
  EXPECT_EQ(best_buffer_table({sweep, points, {}}),
            "\nbest buffer of the plans that ran:\n"
            "model  sizes  best by EDP  mJ x ms  best by EDP x area  mJ x ms x mm2\n"
            "a          2       1KiB *        1              1KiB *              1\n"
            "b          2       4KiB *        4              3KiB *             12\n"
            "* smallest or largest size of the sweep: the best may lie beyond\n");
  EXPECT_THAT(sweep_table({sweep, points, {}}), HasSubstr("best by EDP"));
}

TEST(BestBuffer, TakesTwoSizesWithFigures) {
  Sweep sweep = sample_sweep(2);
  const PointResult failed{PointStatus::failed, "x", nullptr, 0.0};
  EXPECT_THAT(best_buffers(sweep, {run_of(1, 1, 1), failed}), IsEmpty());
  PointResult old = run_of(1, 1, 1);
  old.report["totals"].erase("area_mm2");
  EXPECT_THAT(best_buffers(sweep, {run_of(1, 1, 1), old}), IsEmpty());
  sweep.points[1].family = "two";
  EXPECT_THAT(best_buffers(sweep, {run_of(1, 1, 1), run_of(1, 1, 1)}), IsEmpty());
  EXPECT_EQ(best_buffer_table({sweep, {run_of(1, 1, 1), failed}, {}}), "");
}

}  // namespace
}  // namespace fusesim
