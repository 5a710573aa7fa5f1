#include "fusesim/base/unfinished_files.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

#include "fusesim/testing/scratch_folder.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

class UnfinishedFiles : public testing::Test {
 protected:
  std::string make(const std::string& name) const { return folder_.write(name, name); }
  bool is_there(const std::string& name) const { return fs::exists(folder_.path(name)); }
  /// Status of a child that does this.
  static int child(const std::function<void()>& body) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      body();
      ::_exit(7);
    }
    int status = 0;
    ::waitpid(pid, &status, 0);
    return status;
  }
  static int signal_of(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

  ScratchFolder folder_;
};

TEST_F(UnfinishedFiles, GoWithAProgramThatASignalEnds) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU}) {
    const int status = child([&] {
      const UnfinishedFile part(make("part"));
      { const UnfinishedFile done(make("done")); }
      ::raise(signal);
    });
    EXPECT_EQ(signal_of(status), signal);
    EXPECT_FALSE(is_there("part"));
    EXPECT_TRUE(is_there("done"));
  }
}

TEST_F(UnfinishedFiles, SignalsWaitForWhatIsWrittenTogether) {
  const int status = child([&] {
    {
      const SignalsWait outer;
      {
        const SignalsWait inner;
        ::raise(SIGTERM);
        make("first");
      }
      make("second");
    }
    make("third");
  });
  EXPECT_EQ(signal_of(status), SIGTERM);
  EXPECT_TRUE(is_there("first"));
  EXPECT_TRUE(is_there("second"));
  EXPECT_FALSE(is_there("third"));
}

TEST_F(UnfinishedFiles, IgnoredSignalsStaySo) {
  const int status = child([&] {
    std::signal(SIGHUP, SIG_IGN);
    const UnfinishedFile part(make("part"));
    ::raise(SIGHUP);
  });
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : 0, 7);
}

TEST_F(UnfinishedFiles, AForkedProcessDiesWithoutThem) {
  const int status = child([&] {
    const UnfinishedFile part(make("part"));
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::raise(SIGTERM);
      ::_exit(1);
    }
    int end = 0;
    ::waitpid(pid, &end, 0);
    ::_exit(signal_of(end) == SIGTERM ? 7 : 1);
  });
  EXPECT_EQ(WIFEXITED(status) ? WEXITSTATUS(status) : 0, 7);
  EXPECT_TRUE(is_there("part"));
}

}  // namespace
}  // namespace fusesim
