#include "fusesim/sweep/baseline.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "fusesim/base/error.h"
#include "fusesim/sweep/results.h"
#include "fusesim/testing/scratch_folder.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A stored sweep of two points.
class Baseline : public testing::Test {
 protected:
  Baseline() {
    for (const Point& point : sweep_.points) reports_.push_back(sample_report(100 * point.buffer_bytes));
    store();
    before_ = read_figures(folder_.path().string());
  }
  /// Writes the sweep as it is now.
  void store() {
    SweepResults results{sweep_, {}, {}};
    for (size_t i = 0; i < sweep_.points.size(); ++i) {
      folder_.write("points/" + sweep_.points[i].id + "/report.json", reports_[i].dump());
      results.points.push_back({PointStatus::ok, "", reports_[i], 0.0});
    }
    folder_.write("sweep.json", sweep_json(results));
  }
  std::vector<std::string> moved(const Tolerances& tolerances = {}) {
    store();
    std::vector<std::string> lines;
    for (const Moved& one : compare(before_, read_figures(folder_.path().string()), tolerances))
      lines.push_back(describe(one));
    return lines;
  }

  SweepFigures now() {
    store();
    return read_figures(folder_.path().string());
  }
  std::vector<std::string> lines() {
    const SweepFigures after = now();
    return point_lines(before_, after, compare(before_, after, {}));
  }

  ScratchFolder folder_;
  Sweep sweep_ = sample_sweep(2);
  std::vector<ordered_json> reports_;
  SweepFigures before_;
};

TEST_F(Baseline, SameResultsHaveNotMoved) { EXPECT_THAT(moved(), IsEmpty()); }

TEST_F(Baseline, ComesBackFromItsFile) {
  const std::string text = to_text(before_);
  before_ = read_figures(folder_.write("stored.json", text));
  EXPECT_EQ(to_text(before_), text);
  EXPECT_THAT(moved(), IsEmpty());
}

TEST_F(Baseline, NamesPointGroupAndFigureThatMoved) {
  reports_[1]["groups"][1]["simulated"]["ifmap_bytes"] = 7;
  EXPECT_THAT(moved(),
              ElementsAre("buffer=2KiB: group 1 (ops 3, op3): simulated_ifmap_bytes: 204800 -> 7",
                          "buffer=2KiB: group 1 (ops 3, op3): simulated less analytic bytes: 0 -> -204793"));
}

TEST_F(Baseline, NamesTotalsThatMoved) {
  reports_[0]["totals"]["simulated"]["cycles"] = 1001;
  EXPECT_THAT(moved(), ElementsAre("buffer=1KiB: cycles: 1000 -> 1001"));
}

TEST_F(Baseline, LetsCyclesAndEnergyPassWithinTheirTolerance) {
  reports_[0]["groups"][0]["simulated"]["cycles"] = 1010;
  reports_[0]["groups"][0]["simulated"]["energy_pj"] = 12.6;
  EXPECT_EQ(moved().size(), 2U);
  EXPECT_EQ(moved({0.0101, 0.0}).size(), 1U);
  EXPECT_THAT(moved({0.0101, 0.0081}), IsEmpty());
  EXPECT_EQ(moved({0.0099, 0.0081}).size(), 1U);
}

TEST_F(Baseline, HoldsWhatIsPredictedToo) {
  reports_[0]["totals"]["predicted"]["energy_pj"] = 13;
  reports_[0]["groups"][1]["predicted"]["cycles"] = 991;
  EXPECT_THAT(moved(), ElementsAre("buffer=1KiB: predicted_energy_pj: 12 -> 13",
                                   "buffer=1KiB: group 1 (ops 3, op3): predicted_cycles: 990 -> 991"));
  EXPECT_THAT(moved({0.002, 0.1}), IsEmpty());
}

TEST_F(Baseline, HasNoToleranceForBytes) {
  reports_[0]["groups"][0]["buffer_bytes"] = 101;
  EXPECT_THAT(moved({1.0, 1.0}),
              ElementsAre("buffer=1KiB: group 0 (ops 0-2, op0 .. op2): buffer_bytes: 100 -> 101"));
}

TEST_F(Baseline, ShowsAPlanThatMoved) {
  reports_[0]["groups"][0]["ops"].erase(2);
  EXPECT_THAT(moved(),
              ElementsAre("buffer=1KiB: group 0 (ops 0-1, op0 .. op1): plan: no such group -> a group",
                          "buffer=1KiB: group 0 (ops 0-2, op0 .. op2): plan: a group -> no such group"));
}

TEST_F(Baseline, SaysOfAPointThatFailsNowOnlyThat) {
  SweepFigures after = before_;
  after.points[1] = {after.points[1].axes, "failed", {}, {}, {}};
  const std::vector<Moved> moved = compare(before_, after, {});
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(describe(moved[0]), "buffer=2KiB: status: ok -> failed");
}

TEST_F(Baseline, MissesPointsThatAreGoneButNotNewOnes) {
  before_.points[0].axes["buffer"] = "3KiB";
  EXPECT_THAT(moved(), ElementsAre("buffer=3KiB: point: in the baseline -> not in the sweep"));
}

TEST_F(Baseline, SaysFirstWhatDiffersInTheConfiguration) {
  EXPECT_THAT(configuration_lines(before_, now()), ElementsAre("configuration: the same"));
  for (ordered_json& report : reports_) report["config"]["clock_mhz"] = 200;
  reports_[1]["search"]["objective"] = "edp";
  SweepFigures after = now();
  after.commit = "decade";
  EXPECT_THAT(configuration_lines(before_, after),
              ElementsAre("commit: c0ffee -> decade", "configuration: clock_mhz: 100 -> 200 (all 2 points)",
                          "configuration: search.objective: dram -> edp (1 of 2 points)"));
}

TEST_F(Baseline, KeepsTheConfigurationInItsFile) {
  reports_[1]["config"]["clock_mhz"] = 200;
  before_ = now();
  before_ = read_figures(folder_.write("stored.json", to_text(before_)));
  EXPECT_EQ(before_.points[0].settings.at("clock_mhz"), 100);
  EXPECT_EQ(before_.points[1].settings.at("clock_mhz"), 200);
  EXPECT_THAT(configuration_lines(before_, now()), ElementsAre("configuration: the same"));
  for (PointFigures& point : before_.points) point.settings.clear();
  EXPECT_THAT(configuration_lines(before_, now()), ElementsAre(HasSubstr("not in the baseline")));
}

TEST_F(Baseline, SumsUpAPointInOneLine) {
  // 102400 + 10 + 5 bytes before.
  ordered_json& simulated = reports_[0]["totals"]["simulated"];
  simulated["ifmap_bytes"] = 102400 - 102415 / 5;
  simulated["cycles"] = 1250;
  reports_[0]["totals"]["predicted"]["cycles"] = 1200;
  reports_[0]["groups"][0]["ops"].erase(2);
  reports_[0]["groups"][1]["simulated"]["cycles"] = 2;
  EXPECT_THAT(lines(), ElementsAre("moved: buffer=1KiB: DRAM bytes -20.00 %, cycles +25.00 %, energy same; "
                                   "plan: 1 groups gone, 1 new; 1 groups with other figures; also "
                                   "predicted_cycles, simulated less analytic bytes"));
}

TEST_F(Baseline, SumsUpAPointThatFails) {
  SweepFigures after = before_;
  after.points[1] = {after.points[1].axes, "failed", {}, {}, {}};
  EXPECT_THAT(point_lines(before_, after, compare(before_, after, {})),
              ElementsAre("moved: buffer=2KiB: status ok -> failed"));
}

TEST_F(Baseline, RefusesWhatHasNothingInCommon) {
  for (PointFigures& point : before_.points) point.axes = {{"other", "1"}};
  EXPECT_THROW(moved(), Error);
}

TEST_F(Baseline, RefusesOtherFiles) {
  for (const char* content : {"", "{}", "[1", "{\"format\":\"fusesim.sweep_baseline/0\"}"}) {
    const std::string file = folder_.write("other.json", content);
    EXPECT_THROW(read_figures(file), Error) << content;
  }
  EXPECT_THROW(read_figures(folder_.path("absent.json")), Error);
}

/// Sums of three such are no int64_t.
TEST_F(Baseline, RefusesFiguresThatNoRunHas) {
  for (const char* what : {"ifmap_bytes", "ofmap_bytes"})
    reports_[1]["groups"][0]["simulated"][what] = INT64_MAX;
  EXPECT_THROW(moved(), Error);
  reports_[1]["groups"][0]["simulated"]["ofmap_bytes"] = INT64_MIN;
  EXPECT_NO_THROW(moved());
  reports_[1]["groups"][0]["simulated"]["ifmap_bytes"] = 0;
  EXPECT_THROW(moved(), Error);
}

/// Its first and last op give a group its name.
TEST_F(Baseline, RefusesAReportWithAGroupWithoutOps) {
  reports_[1]["groups"][0]["ops"] = ordered_json::array();
  store();
  EXPECT_THROW(read_figures(folder_.path().string()), Error);
}

}  // namespace
}  // namespace fusesim
