#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "program.h"

namespace fusesim {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// Whether the process catches SIGINT.
bool catches_interrupts(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("SigCgt:", 0) == 0) return (std::stoull(line.substr(7), nullptr, 16) & 2U) != 0;
  }
  return false;
}

bool runs(pid_t process) {
  siginfo_t info = {};
  const auto id = static_cast<id_t>(process);
  return ::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

/// Searches that nothing else ends within a day.
class InterruptedTest : public ProgramTest {
 protected:
  InterruptedTest() : ProgramTest("run_search") {}

  /// Interrupts the program once it searches.
  Finished interrupt(const std::string& program, const std::vector<std::string>& arguments) const {
    return run(kPrograms / program, arguments, [](pid_t process) {
      while (!catches_interrupts(process) && runs(process)) std::this_thread::yield();
      ::kill(process, SIGINT);
    });
  }
};

const std::vector<std::string> kEndless = {"--model",  "squeezenet1_1", "--fusion", "lbdf",
                                           "--search", "local",         "--budget", "1000000000",
                                           "--out",    "results",       "--format", "json"};

TEST_F(InterruptedTest, ASearchEndsWithThePlanThatItHas) {
  const Finished finished = interrupt("run_search", kEndless);
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_THAT(finished.err, HasSubstr("not certified"));
  const json search = json::parse(finished.out);
  EXPECT_EQ(search["stopped"], true);
  EXPECT_EQ(search["optimal"], false);
  EXPECT_EQ(json::parse(read("results/search.json")), search);
  EXPECT_THAT(read("results/schedule.json"), HasSubstr("groups"));
}

TEST_F(InterruptedTest, ARunGoesOnWithThePlanThatItHas) {
  const Finished finished = interrupt("run_sim", kEndless);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  const json report = json::parse(finished.out);
  EXPECT_EQ(report["search"]["stopped"], true);
  EXPECT_TRUE(report["mismatches"].empty());
  EXPECT_EQ(json::parse(read("results/report.json")), report);
}

}  // namespace
}  // namespace fusesim
