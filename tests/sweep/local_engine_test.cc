#include "fusesim/sweep/local_engine.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "fusesim/base/error.h"
#include "fusesim/sweep/point_result.h"
#include "fusesim/testing/scratch_folder.h"
#include "sample.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Le;

/// Points run by shell scripts in place of run_sim.
class LocalEngine : public testing::Test {
 protected:
  LocalEngine() : directory_(folder_.path("out")) { folder_.write("report.json", sample_report(100).dump()); }

  /// Runs every point with a script of these lines; $REPORT is a good report.
  int run(const std::string& lines, std::optional<double> timeout_seconds = std::nullopt, size_t jobs = 2) {
    const std::string script =
        folder_.write("run_sim", "#!/bin/sh\nREPORT='" + folder_.path("report.json") + "'\n" + lines + "\n");
    ::chmod(script.c_str(), 0755);
    std::vector<size_t> points;
    for (size_t i = 0; i < sweep_.points.size(); ++i) points.push_back(i);
    return run_points(sweep_, points, directory_, {script, jobs, timeout_seconds},
                      [&](const SweepProgress& progress) { last_ = progress; });
  }
  PointResult result(size_t point) const {
    return read_point(directory_.point_path(sweep_.points[point]).string());
  }

  ScratchFolder folder_;
  Sweep sweep_ = sample_sweep(3);
  SweepDirectory directory_;
  SweepProgress last_;
};

TEST_F(LocalEngine, StoresWhatPointsLeave) {
  EXPECT_EQ(run("cp \"$REPORT\" report.json"), 0);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(result(i).status, PointStatus::ok) << result(i).reason;
    EXPECT_EQ(result(i).report["totals"]["groups"], 2);
  }
  EXPECT_EQ(last_.done, 3U);
  EXPECT_EQ(last_.failed, 0U);
}

TEST_F(LocalEngine, PassesArgumentsAsTheyAre) {
  sweep_.points[1].arguments = {"--model", "a b;$HOME '\"", ""};
  EXPECT_EQ(run("cp \"$REPORT\" report.json; printf '%s|' \"$@\" > arguments"), 0);
  EXPECT_EQ(folder_.read("out/points/point-1/arguments"), "--model|a b;$HOME '\"||");
}

TEST_F(LocalEngine, RecordsHowAPointWasRun) {
  sweep_.points[0].arguments = {"--model", "x"};
  EXPECT_EQ(run("cp \"$REPORT\" report.json"), 0);
  const ordered_json record = ordered_json::parse(folder_.read("out/points/point-0/point.json"));
  EXPECT_EQ(record["format"], "fusesim.point/1");
  EXPECT_EQ(record["command"], (std::vector<std::string>{"run_sim", "--model", "x"}));
  EXPECT_EQ(record["axes"]["buffer"], "1KiB");
  EXPECT_EQ(record["commit"], "c0ffee");
  EXPECT_EQ(record["exit_code"], 0);
}

TEST_F(LocalEngine, AFailingPointIsARowAndNotTheEnd) {
  sweep_.points[1].arguments = {"fail"};
  EXPECT_EQ(run("if [ \"$1\" = fail ]; then echo 'note: n' >&2; echo 'net.onnx: broken' >&2; exit 2; fi\n"
                "cp \"$REPORT\" report.json"),
            0);
  EXPECT_EQ(result(0).status, PointStatus::ok);
  EXPECT_EQ(result(1).status, PointStatus::failed);
  EXPECT_EQ(result(1).reason, "net.onnx: broken");
  EXPECT_EQ(result(2).status, PointStatus::ok);
  EXPECT_EQ(last_.failed, 1U);
}

TEST_F(LocalEngine, TellsACrashATimeoutAndSilence) {
  sweep_.points[0].arguments = {"crash"};
  sweep_.points[1].arguments = {"hang"};
  EXPECT_EQ(run("case $1 in crash) kill -SEGV $$ ;; hang) exec sleep 100 ;; esac", 0.5), 0);
  EXPECT_EQ(result(0).reason, "killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(result(1).reason, "timeout after 0.5 s");
  EXPECT_EQ(result(2).reason, "exit code 0");
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(result(i).status, PointStatus::failed);
}

TEST_F(LocalEngine, TellsAMismatchFromAMachineThatStopped) {
  sweep_.points[1].arguments = {"stop"};
  EXPECT_EQ(
      run("[ \"$1\" = stop ] || cp \"$REPORT\" report.json; echo 'run_sim: group 3 differs' >&2; exit 1"), 0);
  EXPECT_EQ(result(0).status, PointStatus::mismatch);
  EXPECT_EQ(result(0).reason, "run_sim: group 3 differs");
  EXPECT_FALSE(result(0).report.is_null());
  EXPECT_EQ(result(1).status, PointStatus::failed);
}

TEST_F(LocalEngine, FailsAPointWhoseReportIsDamagedOrOfAnotherModel) {
  sweep_.points[0].model_sha256 = "other";
  sweep_.points[1].arguments = {"damage"};
  EXPECT_EQ(run("cp \"$REPORT\" report.json; [ \"$1\" != damage ] || truncate -s 50 report.json"), 0);
  EXPECT_THAT(result(0).reason, HasSubstr("it changed during the sweep"));
  EXPECT_THAT(result(1).reason, HasSubstr("report.json: expected fusesim.report/1"));
  EXPECT_EQ(result(2).status, PointStatus::ok);
}

TEST_F(LocalEngine, FailsAPointWhoseReportNamesNoModel) {
  const std::vector<std::string> models = {"3", R"({"sha256":5})", "{}"};
  for (size_t i = 0; i < models.size(); ++i) sweep_.points[i].arguments = {models[i]};
  EXPECT_EQ(run(R"(sed 's/"model":{[^}]*}/"model":'"$1"'/' "$REPORT" > report.json)"), 0);
  EXPECT_THAT(result(0).reason, HasSubstr("report.json: expected fusesim.report/1"));
  EXPECT_THAT(result(1).reason, HasSubstr("report.json: expected fusesim.report/1"));
  EXPECT_THAT(result(2).reason, HasSubstr("it changed during the sweep"));
}

TEST_F(LocalEngine, StopsWhereTheDiskRefuses) {
  try {
    run("echo \"--out: '.': cannot write report.json: No space left on device\" >&2; exit 2");
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("--out: '" + folder_.path("out")));
    EXPECT_THAT(error.what(), HasSubstr("': cannot write report.json: No space left on device"));
  }
  for (const Point& point : sweep_.points) EXPECT_FALSE(directory_.has(point));
}

TEST_F(LocalEngine, CutsLongReasonsAndKeepsThemOnOneLine) {
  EXPECT_EQ(run("for i in $(seq 200); do echo \"fault $i\" >&2; done; exit 2"), 0);
  EXPECT_THAT(result(0).reason, AllOf(HasSubstr("fault 1; fault 2"), testing::EndsWith("...")));
  EXPECT_THAT(result(0).reason.size(), Le(603U));
}

TEST_F(LocalEngine, RunsNoMoreThanItsJobsAtATime) {
  sweep_ = sample_sweep(6);
  const std::string shared = folder_.path("");
  EXPECT_EQ(run("mkdir '" + shared + "one' 2>/dev/null || mkdir '" + shared + "two' || touch '" + shared +
                "three'\n"
                "sleep 0.1; rmdir '" +
                shared + "two' 2>/dev/null || rmdir '" + shared +
                "one'\n"
                "cp \"$REPORT\" report.json"),
            0);
  EXPECT_FALSE(fs::exists(shared + "three"));
}

TEST_F(LocalEngine, AProgramThatIsNotThereFailsItsPoints) {
  EXPECT_EQ(
      run_points(sweep_, {0}, directory_, {folder_.path("absent"), 1, std::nullopt}, [](const auto&) {}), 0);
  EXPECT_EQ(result(0).reason, "exit code 127");
}

}  // namespace
}  // namespace fusesim
