#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace fusesim {

/// What a finished program left behind.
struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A test of the built run_sim in a folder of its own, which is removed afterwards.
class RunSimTest : public testing::Test {
 protected:
  RunSimTest();
  ~RunSimTest() override;

  /// Runs run_sim with these arguments in folder().
  Finished run_sim(const std::vector<std::string>& arguments) const;
  /// Runs run_sim with these arguments and --out, and expects exit 2, one line on standard error that
  /// contains every one of `parts`, nothing on standard output and nothing written.
  void expect_refused(std::vector<std::string> arguments, const std::vector<std::string>& parts) const;

  const std::filesystem::path& folder() const { return folder_; }
  std::string write(const std::string& name, const std::string& content) const;
  std::string read(const std::string& name) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace fusesim
