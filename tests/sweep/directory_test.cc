#include "fusesim/sweep/directory.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "fusesim/base/error.h"
#include "fusesim/testing/scratch_folder.h"
#include "sample.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> entries(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  return names;
}

template <typename Body>
std::string fault_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class Directory : public testing::Test {
 protected:
  std::string out() const { return folder_.path("out"); }

  ScratchFolder folder_;
  Sweep sweep_ = sample_sweep(3);
};

TEST_F(Directory, ShowsAPointWhenItIsFinished) {
  SweepDirectory directory(out());
  const Point& point = sweep_.points[0];
  const fs::path staged = directory.begin(point);
  std::ofstream(staged / "report.json") << "{}";
  EXPECT_FALSE(directory.has(point));
  EXPECT_THAT(entries(folder_.path() / "out" / "points"), IsEmpty());
  directory.finish(point, "{}\n", true);
  EXPECT_TRUE(directory.has(point));
  EXPECT_THAT(entries(directory.point_path(point)),
              UnorderedElementsAre("config.yaml", "point.json", "report.json"));
}

TEST_F(Directory, KeepsNothingOfAFailedRunButItsRecord) {
  SweepDirectory directory(out());
  std::ofstream(directory.begin(sweep_.points[0]) / ".report.json.1.tmp") << "half";
  directory.finish(sweep_.points[0], "{}\n", false);
  EXPECT_THAT(entries(directory.point_path(sweep_.points[0])),
              UnorderedElementsAre("config.yaml", "point.json"));
}

TEST_F(Directory, ReplacesAPointThatIsRunAgain) {
  SweepDirectory directory(out());
  for (const char* text : {"first", "second"}) {
    directory.begin(sweep_.points[0]);
    directory.finish(sweep_.points[0], text, true);
  }
  EXPECT_EQ(folder_.read("out/points/point-0/point.json"), "second");
  EXPECT_THAT(entries(directory.staging()), UnorderedElementsAre("lock"));
}

TEST_F(Directory, IsOfOneProcessAtATime) {
  const SweepDirectory directory(out());
  for (const char* share : {"", "shard-0-of-2"})
    EXPECT_THAT(fault_of([&] { SweepDirectory second(out(), share); }), HasSubstr("got one in use"));
}

TEST_F(Directory, IsSharedByShardsEachOnce) {
  const SweepDirectory directory(out(), "shard-0-of-2");
  EXPECT_EQ(fault_of([&] { SweepDirectory second(out(), "shard-1-of-2"); }), "");
  for (const char* share : {"", "shard-0-of-2"})
    EXPECT_THAT(fault_of([&] { SweepDirectory second(out(), share); }), HasSubstr("got one in use"));
}

TEST_F(Directory, IsMadeBySeveralShardsAtOnce) {
  for (int round = 0; round < 100; ++round) {
    const std::string path = folder_.path("made-" + std::to_string(round));
    int gate[2];
    ASSERT_EQ(::pipe(gate), 0);
    std::vector<pid_t> children;
    for (int share = 0; share < 4; ++share) {
      children.push_back(::fork());
      if (children.back() != 0) continue;
      char nothing = 0;
      ::close(gate[1]);
      if (::read(gate[0], &nothing, 1) != 0) ::_exit(2);
      ::_exit(fault_of([&] { SweepDirectory mine(path, "shard-" + std::to_string(share)); }).empty() ? 0 : 1);
    }
    for (const int end : gate) ::close(end);  // opens the gate
    for (const pid_t child : children) {
      int status = 0;
      ASSERT_EQ(::waitpid(child, &status, 0), child);
      EXPECT_EQ(status, 0);
    }
  }
}

TEST_F(Directory, LosesWhatAKilledProcessBegan) {
  const pid_t child = ::fork();
  if (child == 0) {
    SweepDirectory directory(out());
    directory.begin(sweep_.points[0]);
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  const fs::path staging = folder_.path() / "out" / ".sweep" / "staging";
  ASSERT_EQ(entries(staging).size(), 1U);
  const std::string left = entries(staging)[0];
  const SweepDirectory directory(out());
  EXPECT_FALSE(fs::exists(staging / left));
}

TEST_F(Directory, LeavesTheWorkOfALivingShardAlone) {
  SweepDirectory first(out(), "shard-0-of-2");
  const fs::path staged = first.begin(sweep_.points[0]);
  const SweepDirectory second(out(), "shard-1-of-2");
  EXPECT_TRUE(fs::exists(staged / "config.yaml"));
}

TEST_F(Directory, BelongsToOneSetOfPoints) {
  SweepDirectory(out()).adopt(sweep_, false);
  SweepDirectory(out()).adopt(sweep_, false);
  const Sweep other = sample_sweep(4);
  EXPECT_THAT(fault_of([&] { SweepDirectory(out()).adopt(other, false); }),
              AllOf(HasSubstr("expected the 4 points of sweep.yaml"), HasSubstr("got sweep 'sample'"),
                    HasSubstr("with 3 points, 3 of them the same"), HasSubstr("--extend")));
  SweepDirectory(out()).adopt(other, true);
  SweepDirectory(out()).adopt(other, false);
  EXPECT_NE(fault_of([&] { SweepDirectory(out()).adopt(sweep_, false); }), "");
}

TEST_F(Directory, SaysInWhatItDiffersAndTheWaysOn) {
  {
    SweepDirectory directory(out());
    directory.adopt(sweep_, false);
    for (const Point& point : sweep_.points) {
      directory.begin(point);
      directory.finish(point, point_json(sweep_, point, {}, {}), false);
    }
  }
  Sweep other = sweep_;
  other.build.commit = "decade";
  for (Point& point : other.points) {
    point.id += "-again";
    point.config_yaml = "name: sample\npe:\n  rows: 7\n";
    point.arguments = {"--objective", "edp"};
  }
  other.points[2].values = {"9KiB"};
  const std::string fault = fault_of([&] { SweepDirectory(out()).adopt(other, false); });
  for (const char* line : {"\n  it holds: sweep 'sample' of commit c0ffee, 3 of 3 points finished\n",
                           "\n  asked for: sweep 'sample' (sweep.yaml) with commit decade, 3 points\n",
                           "\n  differs: --objective: none -> edp (2 of 2 points with the same axes)\n",
                           "\n  differs: commit: c0ffee -> decade (2 of 2 points with the same axes)\n",
                           "\n  differs: pe.rows: none -> 7 (2 of 2 points with the same axes)\n",
                           "\n  differs: 1 points with values that this sweep does not have\n"})
    EXPECT_THAT(fault, HasSubstr(line));
  EXPECT_THAT(fault, HasSubstr("to keep both: run_sweep sweep.yaml --out " + out() + "-decade\n"));
  EXPECT_THAT(fault, HasSubstr("with 3 points to run: run_sweep sweep.yaml --out " + out() + " --extend"));
  folder_.write("out/sweep.json", "{}");
  EXPECT_THAT(fault_of([&] { SweepDirectory(out()).adopt(other, false); }),
              HasSubstr("to keep both and compare them: run_sweep sweep.yaml --out " + out() +
                        "-decade --baseline " + out() + "\n"));
}

TEST_F(Directory, RefusesAForeignManifest) {
  folder_.write("out/.sweep/manifest.json", "[]");
  EXPECT_THAT(fault_of([&] { SweepDirectory(out()).adopt(sweep_, true); }),
              HasSubstr("expected fusesim.sweep_manifest/1"));
}

TEST_F(Directory, SaysThatTheDiskIsFullAndLeavesNoHalfPoint) {
  SweepDirectory directory(out());
  directory.begin(sweep_.points[0]);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{100, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string fault =
      fault_of([&] { directory.finish(sweep_.points[0], std::string(1000, 'x'), true); });
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THAT(fault, testing::ContainsRegex("cannot write .*point.json.*: File too large"));
  EXPECT_FALSE(directory.has(sweep_.points[0]));
  EXPECT_THAT(entries(folder_.path() / "out" / "points"), IsEmpty());
}

TEST_F(Directory, SaysThatItMayNotWrite) {
  fs::create_directory(out());
  fs::permissions(folder_.path(), fs::perms::owner_all | fs::perms::others_exec | fs::perms::others_read);
  fs::permissions(
      out(), fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  const uid_t user = ::geteuid();
  constexpr uid_t kNobody = 65534;
  if (user == 0) {
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const std::string fault = fault_of([&] { SweepDirectory directory(out()); });
  if (user == 0) {
    ASSERT_EQ(::seteuid(user), 0);
  }
  EXPECT_THAT(fault, HasSubstr("Permission denied"));
  EXPECT_THAT(fault, HasSubstr(out()));
  EXPECT_THAT(entries(out()), IsEmpty());
}

}  // namespace
}  // namespace fusesim
