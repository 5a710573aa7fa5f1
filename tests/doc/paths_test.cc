#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "fusesim/base/read_file.h"

namespace fusesim::testing {
namespace {

/// Lines that are not set in as a block of code: commands may name files that they make.
std::string prose_of(const std::string& text) {
  std::string prose;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("    ", 0) != 0) prose += line + '\n';
  }
  return prose;
}

/// Paths from the root of the sources as documents write them, but those with the placeholder NAME.
std::set<std::string> paths_in(const std::string& text) {
  static const std::regex pattern(
      R"((^|[\s`(])((?:cmake|configs|doc|hw|models|packaging|results|schemas|scripts|sw|tests|web)/[\w./-]*\w))");
  std::set<std::string> paths;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    const std::string path = (*match)[2];
    if (path.find("NAME") == std::string::npos) paths.insert(path);
  }
  return paths;
}

class Document : public ::testing::TestWithParam<std::string> {};

TEST_P(Document, NamesPathsThatExist) {
  const std::filesystem::path root = FUSESIM_SOURCE_DIR;
  const std::set<std::string> paths = paths_in(prose_of(read_file((root / GetParam()).string())));
  EXPECT_GT(paths.size(), 5U) << "the pattern finds nothing";
  for (const std::string& path : paths) EXPECT_TRUE(std::filesystem::exists(root / path)) << path;
}

std::string name_of(const ::testing::TestParamInfo<std::string>& document) {
  return std::filesystem::path(document.param).stem().string();
}

INSTANTIATE_TEST_SUITE_P(Pages, Document, ::testing::Values("doc/design.md", "CONTRIBUTING.md"), name_of);

}  // namespace
}  // namespace fusesim::testing
