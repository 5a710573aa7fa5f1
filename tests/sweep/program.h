#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fusesim/testing/scratch_folder.h"

namespace fusesim {

/// What a finished program left behind.
struct Finished {
  int exit_code = -1;  ///< 128 + signal: ended by a signal
  std::string out;
  std::string err;
};

/// A test of the built run_sweep in a folder of its own, with two small networks a.onnx and b.onnx.
class RunSweepTest : public testing::Test {
 protected:
  RunSweepTest();

  /// Starts run_sweep in folder_ with these arguments and those that are always added.
  pid_t start(const std::vector<std::string>& arguments) const;
  Finished wait(pid_t pid) const;
  Finished run(const std::vector<std::string>& arguments) const { return wait(start(arguments)); }

  /// Every file of a sweep's directory that follows from its inputs, with the times blanked out: path ->
  /// content.
  std::map<std::string, std::string> results(const std::string& directory) const;
  std::vector<std::string> entries(const std::string& directory) const;

  ScratchFolder folder_;
  std::vector<std::string> always_ = {"--no-page"};
};

}  // namespace fusesim
