#include <gmock/gmock.h>

#include <cstdlib>

#include "program.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// run_sweep with data of its own: the shipped configurations, and a page of which the tests decide the
/// parts.
class RunSweepPage : public RunSweepTest {
 protected:
  RunSweepPage() {
    always_.clear();
    folder_.write(
        "small.yaml",
        "name: small\nmodels: [a.onnx]\nset: {fusion: lbdf, search: exact}\naxes: {buffer: [3KiB, 64KiB]}\n");
    fs::create_directories(folder_.path("data"));
    fs::create_symlink(FUSESIM_SOURCE_DIR "/configs", folder_.path("data/configs"));
    ::setenv("FUSESIM_DATA_DIR", folder_.path("data").c_str(), 1);
  }

  void add_page() const {
    folder_.write("data/web/report.html", "{{title}} {{echarts}} {{data}}");
    folder_.write("data/web/node_modules/echarts/dist/echarts.common.min.js", "(charts)");
  }
};

TEST_F(RunSweepPage, IsWrittenBesideTheTables) {
  add_page();
  EXPECT_EQ(run({"small.yaml", "--out", "out"}).exit_code, 0);
  const std::string page = folder_.read("out/report.html");
  EXPECT_THAT(page, HasSubstr("small (charts) {"));
  EXPECT_THAT(page, HasSubstr("conv_a"));
}

TEST_F(RunSweepPage, IsWrittenAgainOnRequest) {
  add_page();
  ASSERT_EQ(run({"small.yaml", "--out", "out"}).exit_code, 0);
  const std::string page = folder_.read("out/report.html");
  fs::remove(folder_.path("out/report.html"));
  const Finished again = run({"--report", "out"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(folder_.read("out/report.html"), page);
}

TEST_F(RunSweepPage, ShowsSizesThatAreNoWholeKibibytes) {
  add_page();
  folder_.write("small.yaml",
                "name: small\nmodels: [a.onnx]\nset: {fusion: lbdf, search: exact}\n"
                "axes: {buffer: [3001, 100000, 65000B, 64KB, 64KiB]}\n");
  const Finished finished = run({"small.yaml", "--out", "out"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const std::string page = folder_.read("out/report.html");
  for (const std::string bytes : {"3001", "100000", "65000", "64000", "65536"})
    EXPECT_THAT(page, HasSubstr("\"buffer_bytes\":" + bytes + ",")) << bytes;
}

TEST_F(RunSweepPage, WhereMissingLeavesTheTablesAndExitsWith1) {
  add_page();
  ASSERT_EQ(run({"small.yaml", "--out", "out"}).exit_code, 0);
  fs::remove(folder_.path("data/web/report.html"));
  const Finished finished = run({"small.yaml", "--out", "out"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.out, HasSubstr("2 points: 2 ok"));
  EXPECT_THAT(finished.err, HasSubstr("run_sweep: no report.html: "));
  EXPECT_THAT(finished.err, HasSubstr("; --no-page does without\n"));
  EXPECT_TRUE(fs::exists(folder_.path("out/sweep.csv")));
  EXPECT_FALSE(fs::exists(folder_.path("out/report.html"))) << "left from an earlier run";
}

TEST_F(RunSweepPage, IsLeftOutOnRequest) {
  add_page();
  ASSERT_EQ(run({"small.yaml", "--out", "out"}).exit_code, 0);
  EXPECT_EQ(run({"small.yaml", "--out", "out", "--no-page"}).err, "run_sweep: 2 of 2 points are there\n");
  EXPECT_FALSE(fs::exists(folder_.path("out/report.html"))) << "left from an earlier run";
}

TEST_F(RunSweepPage, RefusesWhatHasNoSweep) {
  add_page();
  const Finished finished = run({"--report", "absent"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("absent/sweep.json: cannot read: No such file or directory"));
  EXPECT_FALSE(fs::exists(folder_.path("absent")));
}

TEST_F(RunSweepPage, RefusesASweepWithoutAName) {
  add_page();
  folder_.write(
      "odd/sweep.json",
      R"({"format": "fusesim.sweep/1", "name": 1, "version": "", "commit": "", "axes": [], "points": []})");
  const Finished finished = run({"--report", "odd"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_EQ(finished.err, "odd/sweep.json: name: expected a text\n");
}

}  // namespace
}  // namespace fusesim
