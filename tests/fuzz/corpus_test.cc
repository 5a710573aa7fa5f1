#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "fusesim/base/read_file.h"
#include "fusesim/testing/random.h"
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

/// How many damaged files; FUSESIM_DAMAGED_SEEDS asks for more.
int damaged_files() {
  const char* wanted = std::getenv("FUSESIM_DAMAGED_SEEDS");
  return wanted == nullptr ? 200 : std::atoi(wanted);
}

size_t below(Random& random, size_t end) { return static_cast<size_t>(random.next() % end); }

/// Bytes that formats care for, and others.
char any_byte(Random& random) {
  constexpr char kTelling[] = "\0\n \"\\-+.,:[]{}0129eE&*!#%@\xff";
  if (below(random, 3) == 0) return static_cast<char>(random.next());
  return kTelling[below(random, sizeof kTelling - 1)];
}

/// One change: a byte, a piece cut out, doubled, put elsewhere, or a long number.
void damage(std::string& bytes, Random& random) {
  if (bytes.empty()) bytes = "0";
  const size_t at = below(random, bytes.size());
  const size_t length = std::min<size_t>(bytes.size() - at, 1 + below(random, 24));
  switch (below(random, 6)) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes.erase(at, length);
      break;
    case 2:
      bytes.insert(below(random, bytes.size()), bytes.substr(at, length));
      break;
    case 3:
      bytes.insert(at, below(random, 2) == 0 ? "9223372036854775807" : "-1e308");
      break;
    default:
      bytes[at] = any_byte(random);
  }
}

/// Seeds with some changes, the same ones in every run: taken or refused, and nothing else.
TEST_P(Corpus, DamagedSeedsAreTakenOrRefused) {
  const std::vector<fs::path> files = files_of(GetParam());
  Random random(1);
  for (int i = 0; i < damaged_files(); ++i) {
    const fs::path& file = files[below(random, files.size())];
    std::string bytes = read_file(file.string());
    for (size_t change = 1 + below(random, 4); change > 0; --change) damage(bytes, random);
    ASSERT_NO_THROW((void)refusal_of(GetParam(), bytes)) << file << ", file " << i << ":\n" << bytes;
  }
}

INSTANTIATE_TEST_SUITE_P(Readers, Corpus,
                         ::testing::Values(kConfigReader, kOverrideReader, kScheduleReader, kWeightsReader,
                                           kNpyReader, kSweepReader, kReportReader, kBaselineReader),
                         [](const auto& reader) { return std::string(reader.param.name); });

}  // namespace
}  // namespace fusesim::testing
