#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "program.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using std::chrono::microseconds;
using testing::IsEmpty;

/// How often to kill; FUSESIM_SWEEP_KILLS asks for more (scripts/regress --kills).
int kills() {
  const char* text = std::getenv("FUSESIM_SWEEP_KILLS");
  return text == nullptr ? 5 : std::atoi(text);
}

class KilledSweep : public RunSweepTest {
 protected:
  KilledSweep() {
    folder_.write("sweep.yaml",
                  "name: killed\nmodels: [a.onnx, b.onnx]\naxes:\n  fusion: [lbdf, brr]\n"
                  "  buffer: [1, 3KiB, 4KiB, 8KiB, 16KiB, 64KiB]\n"
                  "set: {search: exact}\n");
  }

  /// When each finished point was written, and where.
  std::map<std::string, std::pair<ino_t, time_t>> finished() const {
    std::map<std::string, std::pair<ino_t, time_t>> points;
    for (const std::string& name : entries("out/points")) {
      struct stat record {};
      EXPECT_EQ(::stat((folder_.path() / "out/points" / name / "point.json").c_str(), &record), 0)
          << name << " is there, but not whole";
      points[name] = {record.st_ino, record.st_mtime};
    }
    return points;
  }
};

TEST_F(KilledSweep, GoesOnAsIfItHadNeverBeenKilled) {
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run({"sweep.yaml", "--out", "whole", "--jobs", "2"}).exit_code, 1);
  const auto whole =
      std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin).count();
  std::mt19937 random(1);
  auto before = finished();
  int interrupted = 0;
  for (int i = 0; i < kills(); ++i) {
    const pid_t pid = start({"sweep.yaml", "--out", "out", "--jobs", "2"});
    std::this_thread::sleep_for(microseconds(std::uniform_int_distribution<int64_t>(0, whole / 4)(random)));
    ::kill(pid, SIGKILL);
    if (wait(pid).exit_code == 128 + SIGKILL) ++interrupted;
    const auto after = finished();
    for (const auto& [name, written] : before) {
      ASSERT_EQ(after.count(name), 1U) << name << " was lost";
      EXPECT_EQ(after.at(name), written) << name << " was run again";
    }
    before = after;
  }
  EXPECT_GT(interrupted, 0);
  ASSERT_EQ(run({"sweep.yaml", "--out", "out", "--jobs", "2"}).exit_code, 1);
  const auto after = finished();
  for (const auto& [name, written] : before) EXPECT_EQ(after.at(name), written) << name << " was run again";
  EXPECT_EQ(results("out"), results("whole"));
  EXPECT_THAT(entries("out/.sweep/staging"), IsEmpty());
}

}  // namespace
}  // namespace fusesim
