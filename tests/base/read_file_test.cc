#include "fusesim/base/read_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "fusesim/base/error.h"
#include "fusesim/testing/scratch_folder.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

class ReadFile : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path(name); }
  std::string write(const std::string& name, const std::string& content) const {
    return folder_.write(name, content);
  }
  static std::string refusal(const std::string& path, int64_t most_bytes = 10) {
    try {
      read_file(path, most_bytes);
    } catch (const Error& error) {
      return error.what();
    }
    return "read";
  }

  ScratchFolder folder_;
};

TEST_F(ReadFile, GivesAllBytes) {
  const std::string bytes("a\0\n\xff", 4);
  EXPECT_EQ(read_file(write("file", bytes)), bytes);
  EXPECT_EQ(read_file(write("empty", "")), "");
  EXPECT_EQ(read_file(write("full", "0123456789"), 10), "0123456789");
  const std::string large(3 * 1024 * 1024 + 1, 'x');
  EXPECT_EQ(read_file(write("large", large)), large);
  EXPECT_THAT(read_file("/proc/self/status"), testing::HasSubstr("Pid:"));  // has no size
}

TEST_F(ReadFile, TakesRegularFilesAlone) {
  const std::string pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", path("zero"));
  EXPECT_EQ(refusal(pipe), pipe + ": expected a regular file, got a device or pipe");
  EXPECT_EQ(refusal(path("zero")), path("zero") + ": expected a regular file, got a device or pipe");
  EXPECT_EQ(refusal("/dev/zero"), "/dev/zero: expected a regular file, got a device or pipe");
  EXPECT_EQ(refusal("/"), "/: expected a regular file, got a directory");
}

TEST_F(ReadFile, TakesNoMoreThanToldTo) {
  const std::string file = write("file", "0123456789x");
  EXPECT_EQ(refusal(file), file + ": expected at most 10 bytes, got 11 bytes");
  EXPECT_EQ(refusal("/proc/self/status"), "/proc/self/status: expected at most 10 bytes, got 11 bytes");
  const std::string sparse = write("sparse", "");
  fs::resize_file(sparse, static_cast<uintmax_t>(kMostFileBytes) + 1);
  EXPECT_EQ(refusal(sparse, kMostFileBytes),
            sparse + ": expected at most 268435456 bytes, got 268435457 bytes");
}

TEST_F(ReadFile, SaysWhyAFileCannotBeRead) {
  fs::create_symlink("loop", path("loop"));
  EXPECT_EQ(refusal(path("none")), path("none") + ": cannot read: No such file or directory");
  EXPECT_EQ(refusal(path("loop")), path("loop") + ": cannot read: Too many levels of symbolic links");
  const std::string lengthy(5000, 'x');
  EXPECT_EQ(refusal(lengthy), lengthy + ": cannot read: File name too long");
  EXPECT_EQ(refusal(std::string("/etc/passwd\0.yaml", 17)),
            "/etc/passwd\\x00.yaml: cannot read: Invalid argument");
}

TEST_F(ReadFile, GivesAPart) {
  const std::string file = write("file", "0123456789");
  EXPECT_EQ(read_file_part(file, 2, 3), "234");
  EXPECT_EQ(read_file_part(file, 10, 0), "");
  EXPECT_EQ(read_file_part(file, 8, 3), std::nullopt);
  EXPECT_EQ(read_file_part(file, INT64_MAX, INT64_MAX), std::nullopt);
  EXPECT_EQ(read_file_part("/dev/zero", 0, 1), std::nullopt);
}

}  // namespace
}  // namespace fusesim
