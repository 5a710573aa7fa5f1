#include "fusesim/tools/output_directory.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class OutputDirectoryTest : public testing::Test {
 protected:
  OutputDirectoryTest() {
    std::string pattern = (fs::temp_directory_path() / "fusesim-out-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~OutputDirectoryTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::vector<std::string> entries(const std::string& name = "") const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / name)) names.push_back(entry.path().filename());
    return names;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path folder_;
};

TEST_F(OutputDirectoryTest, LeavesNothingUntilItWrites) {
  const OutputDirectory out(path("a/b"), {"x"});
  EXPECT_THAT(entries(), IsEmpty());
  out.write({{"x", "one"}, {"y", ""}});
  EXPECT_THAT(entries("a/b"), UnorderedElementsAre("x", "y"));
  EXPECT_EQ(read("a/b/x"), "one");
}

TEST_F(OutputDirectoryTest, ReplacesFilesAndKeepsOthers) {
  std::ofstream(path("x")) << "a longer old text";
  std::ofstream(path("other")) << "kept";
  OutputDirectory(path(""), {"x"}).write({{"x", "new"}});
  EXPECT_EQ(read("x"), "new");
  EXPECT_EQ(read("other"), "kept");
}

TEST_F(OutputDirectoryTest, WritesNothingIfOneFileCannotBeWritten) {
  const OutputDirectory out(path("new"), {"x", "y"});
  std::ofstream(path("x")) << "old";
  const OutputDirectory existing(path(""), {"x", "y"});
  // No file may grow beyond 100 bytes from here on.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{100, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(out.write({{"x", "fits"}, {"y", std::string(101, 'y')}}), Error);
  EXPECT_THROW(existing.write({{"x", "fits"}, {"y", std::string(101, 'y')}}), Error);
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THAT(entries(), UnorderedElementsAre("x"));
  EXPECT_EQ(read("x"), "old");
}

TEST_F(OutputDirectoryTest, ReplacesNothingIfOneFileCannotBeMovedIntoPlace) {
  std::ofstream(path("a")) << "old a";
  fs::create_symlink("a", path("b"));
  const OutputDirectory out(path(""), {"a", "b", "c", "d"});
  fs::create_directories(path("d/below"));  // while the search runs
  EXPECT_THROW(out.write({{"a", "new"}, {"b", "new"}, {"c", "new"}, {"d", "new"}}), Error);
  EXPECT_THAT(entries(), UnorderedElementsAre("a", "b", "d"));
  EXPECT_EQ(read("a"), "old a");
  EXPECT_TRUE(fs::is_symlink(path("b")));
  EXPECT_TRUE(fs::is_directory(path("d/below")));
}

TEST_F(OutputDirectoryTest, LeavesNoFolderThatItMadeForNothing) {
  const OutputDirectory made(path("new/deep"), {"x"});
  const OutputDirectory there(path(""), {"y"});
  fs::create_directories(path("y"));
  EXPECT_THROW(OutputDirectory::write_together({{&made, {{"x", "one"}}}, {&there, {{"y", "two"}}}}), Error);
  EXPECT_THAT(entries(), UnorderedElementsAre("y"));
}

TEST_F(OutputDirectoryTest, WritesSeveralDirectoriesTogether) {
  const OutputDirectory one(path("one"), {"x"});
  const OutputDirectory two(path("two"), {"x"});
  OutputDirectory::write_together({{&one, {{"x", "1"}}}, {&two, {{"x", "2"}}}});
  EXPECT_THAT(entries("one"), UnorderedElementsAre("x"));
  EXPECT_EQ(read("one/x"), "1");
  EXPECT_EQ(read("two/x"), "2");
}

TEST_F(OutputDirectoryTest, RefusesAPathThroughAFile) {
  std::ofstream(path("file")) << "text";
  EXPECT_THROW(OutputDirectory(path("file"), {}), Error);
  EXPECT_THROW(OutputDirectory(path("file/below"), {}), Error);
}

}  // namespace
}  // namespace fusesim
