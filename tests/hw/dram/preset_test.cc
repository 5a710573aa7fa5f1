#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "driver.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {
namespace {

/// Every part in configs/dram.
std::vector<DramConfig> presets() {
  std::vector<DramConfig> parts;
  for (const auto& file : std::filesystem::directory_iterator(FUSESIM_SOURCE_DIR "/configs/dram")) {
    if (file.path().extension() != ".yaml") continue;
    parts.push_back(load_config("", {"dram=" + file.path().stem().string()}).dram);
  }
  return parts;
}

TEST(Preset, StreamsAtNinetyPercentOfWhatRefreshLeaves) {
  ASSERT_GE(presets().size(), 2U);
  for (const DramConfig& part : presets()) {
    Driver dram(part);
    const int64_t bytes = 1 << 20;
    for (int64_t at = 0; at < bytes; at += 4096) dram.accept(at, 4096, false, 0);
    const auto cycles = static_cast<double>(dram.finish() * part.channels);
    const double load = static_cast<double>(dram.memory().counts().busy_cycles) / cycles;
    const double refreshed = static_cast<double>(part.rfc) / static_cast<double>(part.refi);
    EXPECT_GT(load, 0.9 * (1.0 - refreshed)) << part.name;
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << part.name;
  }
}

TEST(Preset, KeepsItsTimingsUnderRandomTraffic) {
  for (const DramConfig& part : presets()) {
    std::mt19937_64 random(9);
    Driver dram(part);
    int64_t cycle = 0;
    for (int i = 0; i < 2000; ++i) {
      cycle += static_cast<int64_t>(random() % 40);
      const auto row = static_cast<int64_t>(random() % 4) * (part.capacity_bytes() / part.rows);
      dram.accept(row + static_cast<int64_t>(random() % 60'000), 300, random() % 4 == 0, cycle);
      dram.advance(cycle);
    }
    dram.finish();
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << part.name;
  }
}

}  // namespace
}  // namespace fusesim::hw
