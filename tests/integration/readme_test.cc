#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "program.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

/// The indented lines of the README that call one of the programs.
std::vector<std::string> commands_of_readme() {
  std::vector<std::string> commands;
  std::ifstream readme(fs::path(FUSESIM_SOURCE_DIR) / "README.md");
  for (std::string line; std::getline(readme, line);) {
    for (const char* program : {"run_sim", "run_search", "run_explain"}) {
      const std::string start = "    scripts/" + std::string(program) + " ";
      if (line.compare(0, start.size(), start) == 0) commands.push_back(line.substr(4));
    }
  }
  return commands;
}

class ReadmeTest : public ProgramTest {
 protected:
  ReadmeTest() : ProgramTest("run_sim") {
    fs::create_directory(folder() / "scripts");
    for (const char* program : {"run_sim", "run_search", "run_explain"})
      fs::create_symlink(kPrograms / program, folder() / "scripts" / program);
    fs::create_symlink(fs::path(FUSESIM_SOURCE_DIR) / "models", folder() / "models");
  }
};

TEST_F(ReadmeTest, ItsCommandsRunOneAfterTheOtherAsWritten) {
  const std::vector<std::string> commands = commands_of_readme();
  EXPECT_GE(commands.size(), 10U);
  for (const std::string& command : commands) {
    const Finished finished = run("/bin/sh", {"-c", command});
    EXPECT_EQ(finished.exit_code, 0) << command << '\n' << finished.err;
  }
}

}  // namespace
}  // namespace fusesim
