#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "fusesim/base/read_file.h"
#include "readers.h"

namespace fusesim::testing {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const FileReader& reader) {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(FUSESIM_SOURCE_DIR) / "tests/fuzz/corpus" / reader.name))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

class Corpus : public ::testing::TestWithParam<FileReader> {};

/// Seeds are taken, so that a fuzzer begins behind the first checks; what it once found is refused.
TEST_P(Corpus, SeedsAreReadAndFindingsAreRefused) {
  int seeds = 0;
  for (const fs::path& file : files_of(GetParam())) {
    const std::string refusal = refusal_of(GetParam(), read_file(file.string()));
    const bool finding = file.filename().string().rfind("finding", 0) == 0;
    EXPECT_EQ(refusal.empty(), !finding) << file << ": " << refusal;
    seeds += finding ? 0 : 1;
  }
  EXPECT_GT(seeds, 0);
}

/// Every seed cut short, and with single bytes changed: taken or refused, and nothing else.
TEST_P(Corpus, DamagedSeedsAreTakenOrRefused) {
  for (const fs::path& file : files_of(GetParam())) {
    const std::string bytes = read_file(file.string());
    const size_t step = std::max<size_t>(1, bytes.size() / 24);
    for (size_t at = 0; at < bytes.size(); at += step) {
      (void)refusal_of(GetParam(), bytes.substr(0, at));
      for (const char other : {'\0', '-', '9', '"', '['}) {
        std::string changed = bytes;
        changed[at] = other;
        EXPECT_NO_THROW((void)refusal_of(GetParam(), changed)) << file << " byte " << at;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, Corpus, ::testing::ValuesIn(file_readers()),
                         [](const auto& reader) { return std::string(reader.param.name); });

}  // namespace
}  // namespace fusesim::testing
