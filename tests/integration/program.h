#pragma once

#include <gtest/gtest.h>

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace fusesim {

/// What a finished program left behind.
struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// Where the built programs are.
inline const std::filesystem::path kPrograms = FUSESIM_PROGRAMS;

/// A test of built programs in a folder of its own, which is removed afterwards.
class ProgramTest : public testing::Test {
 protected:
  explicit ProgramTest(const std::string& program);
  ~ProgramTest() override;

  /// Runs a program with these arguments in folder().
  Finished run(const std::filesystem::path& program, const std::vector<std::string>& arguments) const {
    return run(program, arguments, [](pid_t) {});
  }
  /// Likewise; once it runs, `meanwhile` gets its process.
  Finished run(const std::filesystem::path& program, const std::vector<std::string>& arguments,
               const std::function<void(pid_t)>& meanwhile) const;
  /// Runs the test's program.
  Finished run(const std::vector<std::string>& arguments) const { return run(program_, arguments); }
  /// Runs the test's program with these arguments and --out, and expects exit 2, one line on standard error
  /// that contains every one of `parts`, nothing on standard output and nothing written.
  void expect_refused(std::vector<std::string> arguments, const std::vector<std::string>& parts) const;

  const std::filesystem::path& folder() const { return folder_; }
  std::string write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path program_;
  std::filesystem::path folder_;
};

class RunSimTest : public ProgramTest {
 protected:
  RunSimTest() : ProgramTest("run_sim") {}
  Finished run_sim(const std::vector<std::string>& arguments) const { return run(arguments); }
};

}  // namespace fusesim
