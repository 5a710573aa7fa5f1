#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <thread>

#include "program.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kSmall =
    "name: small\n"
    "models: [a.onnx, b.onnx]\n"
    "axes:\n"
    "  fusion: [lbdf, brr]\n"
    "  buffer: [3KiB, 64KiB]\n"
    "set:\n"
    "  search: exact\n";

class RunSweep : public RunSweepTest {
 protected:
  RunSweep() { folder_.write("small.yaml", kSmall); }
};

TEST_F(RunSweep, RunsEveryPoint) {
  const Finished finished = run({"small.yaml", "--out", "out"});
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("8 points: 8 ok, 0 mismatched, 0 failed"));
  EXPECT_THAT(entries("out/points"), SizeIs(8));
  const ordered_json sweep = ordered_json::parse(folder_.read("out/sweep.json"));
  ASSERT_THAT(sweep["points"], SizeIs(8));
  for (const auto& point : sweep["points"]) {
    const std::string folder = "out/points/" + point["id"].get<std::string>();
    EXPECT_THAT(entries(folder), testing::ElementsAre("config.yaml", "point.json", "report.csv",
                                                      "report.json", "schedule.json"));
  }
}

TEST_F(RunSweep, GivesTheSameResultsWithAnyNumberOfJobsAndInShards) {
  ASSERT_EQ(run({"small.yaml", "--out", "one", "--jobs", "1"}).exit_code, 0);
  ASSERT_EQ(run({"small.yaml", "--out", "many", "--jobs", "5"}).exit_code, 0);
  const pid_t first = start({"small.yaml", "--out", "shards", "--shard", "0/2"});
  const pid_t second = start({"small.yaml", "--out", "shards", "--shard", "1/2"});
  EXPECT_EQ(wait(first).exit_code, 0);
  EXPECT_EQ(wait(second).exit_code, 0);
  EXPECT_THAT(entries("shards/points"), SizeIs(8));
  ASSERT_EQ(run({"small.yaml", "--out", "shards", "--collect"}).exit_code, 0);
  EXPECT_EQ(results("one"), results("many"));
  EXPECT_EQ(results("one"), results("shards"));
}

TEST_F(RunSweep, CollectsWhatIsThere) {
  ASSERT_EQ(run({"small.yaml", "--out", "out", "--shard", "0/2"}).exit_code, 0);
  EXPECT_FALSE(fs::exists(folder_.path("out/sweep.csv")));
  const Finished finished = run({"small.yaml", "--out", "out", "--collect"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.out, HasSubstr("8 points: 4 ok, 0 mismatched, 4 failed"));
  EXPECT_THAT(finished.err, HasSubstr("failed: no result yet"));
}

TEST_F(RunSweep, PrintsInEveryFormatWhatItWrites) {
  const Finished csv = run({"small.yaml", "--out", "out", "--format", "csv"});
  EXPECT_EQ(csv.out, folder_.read("out/sweep.csv"));
  const Finished json = run({"small.yaml", "--out", "out", "--format", "json"});
  EXPECT_EQ(json.out, folder_.read("out/sweep.json"));
}

TEST_F(RunSweep, RunsNothingBeforeTheFileIsRight) {
  folder_.write("bad.yaml", std::string(kSmall) + "  pe.rowz: 4\n");
  const Finished finished = run({"bad.yaml", "--out", "out"});
  EXPECT_EQ(finished.exit_code, 2);
  EXPECT_THAT(finished.err, HasSubstr("bad.yaml:8:3: pe.rowz: expected a known key"));
  EXPECT_EQ(finished.out, "");
  EXPECT_FALSE(fs::exists(folder_.path("out")));
}

TEST_F(RunSweep, GoesOnAfterFailingPoints) {
  folder_.write("broken.onnx", "no network");
  folder_.write("some.yaml",
                "name: some\nmodels: [broken.onnx, a.onnx]\nset: {fusion: brr, search: exact}\naxes: "
                "{buffer: [1, 64KiB]}\n");
  const Finished finished = run({"some.yaml", "--out", "out"});
  EXPECT_EQ(finished.exit_code, 1);
  EXPECT_THAT(finished.out, HasSubstr("4 points: 1 ok, 0 mismatched, 3 failed"));
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("model=broken.onnx buffer=64KiB: failed: "), HasSubstr("broken.onnx"),
                    HasSubstr("model=a.onnx buffer=1: failed: op 'conv_a': needs")));
  const std::string csv = folder_.read("out/sweep.csv");
  EXPECT_EQ(run({"some.yaml", "--out", "out"}).exit_code, 1);
  EXPECT_EQ(folder_.read("out/sweep.csv"), csv);
}

TEST_F(RunSweep, RetriesFailedPointsOnRequest) {
  ASSERT_EQ(run({"small.yaml", "--out", "out", "--timeout", "0.000001"}).exit_code, 1);
  ASSERT_THAT(folder_.read("out/sweep.csv"), HasSubstr("timeout after"));
  EXPECT_EQ(run({"small.yaml", "--out", "out"}).exit_code, 1);
  EXPECT_EQ(run({"small.yaml", "--out", "out", "--retry-failed"}).exit_code, 0);
}

TEST_F(RunSweep, RefusesTheDirectoryOfAnotherSweep) {
  ASSERT_EQ(run({"small.yaml", "--out", "out"}).exit_code, 0);
  folder_.write("less.yaml",
                "name: less\nmodels: [a.onnx]\nset: {search: exact, fusion: brr}\naxes: {buffer: [3KiB]}\n");
  const Finished refused = run({"less.yaml", "--out", "out"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("8 points, 1 of them the same"));
  const Finished extended = run({"less.yaml", "--out", "out", "--extend"});
  EXPECT_EQ(extended.exit_code, 0);
  EXPECT_THAT(extended.err, HasSubstr("1 of 1 points are there"));
  EXPECT_THAT(entries("out/points"), SizeIs(8));
}

TEST_F(RunSweep, StopsWhenAskedToAndGoesOn) {
  for (const auto& [signal, code] : std::vector<std::pair<int, int>>{{SIGINT, 130}, {SIGTERM, 143}}) {
    const std::string out = "out" + std::to_string(signal);
    const pid_t pid = start({"small.yaml", "--out", out, "--jobs", "1"});
    while (entries(out + "/points").empty()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    ::kill(pid, signal);
    const Finished stopped = wait(pid);
    EXPECT_EQ(stopped.exit_code, code) << stopped.err;
    EXPECT_THAT(stopped.err, HasSubstr("points to go; the same command goes on"));
    EXPECT_THAT(entries(out + "/.sweep/staging"), SizeIs(0));
    EXPECT_EQ(run({"small.yaml", "--out", out}).exit_code, 0);
  }
}

TEST_F(RunSweep, FindsWhatMovedAgainstABaseline) {
  ASSERT_EQ(run({"small.yaml", "--out", "out", "--save-baseline", "stored.json"}).exit_code, 0);
  EXPECT_EQ(run({"small.yaml", "--out", "out", "--baseline", "stored.json"}).exit_code, 0);
  EXPECT_EQ(run({"small.yaml", "--out", "out", "--baseline", "out"}).exit_code, 0);
  std::string stored = folder_.read("stored.json");
  const size_t at = stored.find("\"lbdf\",null,768,");
  ASSERT_NE(at, std::string::npos);
  folder_.write("stored.json", stored.replace(at, 16, "\"lbdf\",null,767,"));
  const Finished moved = run({"small.yaml", "--out", "out", "--baseline", "stored.json"});
  EXPECT_EQ(moved.exit_code, 1);
  EXPECT_THAT(moved.err, HasSubstr("configuration: the same\n"));
  EXPECT_THAT(moved.err,
              HasSubstr("moved: model=a.onnx fusion=lbdf buffer=3KiB: DRAM bytes same, cycles same, "
                        "energy same; 1 groups with other figures\n"));
  EXPECT_THAT(moved.err, Not(HasSubstr("analytic_ifmap_bytes")));
  const Finished groups = run({"small.yaml", "--out", "out", "--baseline", "stored.json", "--groups"});
  EXPECT_THAT(groups.err,
              HasSubstr("moved: model=a.onnx fusion=lbdf buffer=3KiB: group 0 (ops 0-1, conv_a .. "
                        "conv_b): analytic_ifmap_bytes: 767 -> 768"));
}

TEST_F(RunSweep, ListsPointsWithoutRunningThem) {
  const Finished finished = run({"small.yaml", "--out", "out", "--list"});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.out, HasSubstr("model=b.onnx fusion=brr buffer=64KiB\n"));
  EXPECT_FALSE(fs::exists(folder_.path("out")));
}

TEST_F(RunSweep, RefusesOptionsThatMakeNoSense) {
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"absent.yaml"},
                                             {"small.yaml", "--jobs", "0"},
                                             {"small.yaml", "--shard", "2/2"},
                                             {"small.yaml", "--shard", "1"},
                                             {"small.yaml", "--engine", "cloud"},
                                             {"small.yaml", "--no-wait"},
                                             {"small.yaml", "--timeout", "-1"},
                                             {"small.yaml", "--baseline", "absent.json"},
                                             {"small.yaml", "--tolerance", "cycles=0.1"},
                                             {"small.yaml", "--groups"},
                                             {"small.yaml", "--baseline", "x", "--tolerance", "bytes=0.1"},
                                             {"small.yaml", "--shard", "0/2", "--engine", "slurm"},
                                             {"small.yaml", "--format", "xml"},
                                             {"small.yaml", "--report", "out"},
                                             {"--report", "out", "--jobs", "2"},
                                             {"small.yaml", "--out", "small.yaml"}}) {
    const Finished finished = run(arguments);
    EXPECT_EQ(finished.exit_code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(std::count(finished.err.begin(), finished.err.end(), '\n'), 1) << finished.err;
  }
}

/// A pipe that nobody writes to, a device without an end.
TEST_F(RunSweep, ReadsRegularFilesAlone) {
  ASSERT_EQ(::mkfifo(folder_.path("pipe").c_str(), 0600), 0);
  for (const std::string path : {"pipe", "/dev/zero"}) {
    EXPECT_THAT(run({path, "--out", "out"}).err,
                HasSubstr(path + ": expected a readable YAML file, got a device or pipe"));
    const Finished compared = run({"small.yaml", "--out", "out", "--baseline", path});
    EXPECT_EQ(compared.exit_code, 2);
    EXPECT_EQ(compared.err, path + ": expected a regular file, got a device or pipe\n");
  }
  EXPECT_FALSE(fs::exists(folder_.path("out")));
}

TEST_F(RunSweep, WritesItsResultsAndBaselineWhereStandardOutputIsFull) {
  const std::string program = FUSESIM_RUN_SWEEP;
  const std::string command =
      "cd " + folder_.path().string() + " && " + program +
      " small.yaml --no-page --out out --save-baseline stored.json > /dev/full 2> err";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 4);
  EXPECT_THAT(folder_.read("err"), HasSubstr("standard output: cannot write: No space left on device"));
  EXPECT_TRUE(fs::exists(folder_.path("out/sweep.csv")));
  EXPECT_TRUE(fs::exists(folder_.path("stored.json")));
}

}  // namespace
}  // namespace fusesim
