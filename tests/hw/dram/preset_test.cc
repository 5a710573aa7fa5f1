#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "driver.h"
#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "random_parts.h"

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

/// The part as overrides of a configuration.
std::vector<std::string> as_overrides(const DramConfig& p) {
  std::vector<std::string> overrides;
  const auto set = [&overrides](const std::string& key, int64_t value) {
    overrides.push_back("dram." + key + "=" + std::to_string(value));
  };
  set("channels", p.channels), set("ranks", p.ranks), set("bank_groups", p.bank_groups);
  set("banks_per_group", p.banks_per_group), set("rows", p.rows), set("columns", p.columns);
  set("burst_length", p.burst_length), set("cl", p.cl), set("cwl", p.cwl), set("rcd", p.rcd), set("rp", p.rp);
  set("ras", p.ras), set("rc", p.rc), set("rrd_s", p.rrd_s), set("rrd_l", p.rrd_l), set("faw", p.faw);
  set("ccd_s", p.ccd_s), set("ccd_l", p.ccd_l), set("wtr_s", p.wtr_s), set("wtr_l", p.wtr_l),
      set("rtp", p.rtp);
  set("wr", p.wr), set("rtrs", p.rtrs), set("rfc", p.rfc), set("refi", p.refi),
      set("queue_depth", p.queue_depth);
  overrides.push_back(std::string("dram.open_page=") + (p.open_page ? "true" : "false"));
  return overrides;
}

TEST(Preset, WhatTheConfigurationAcceptsTheMemoryServesAndTheOtherWayRound) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    DramConfig part = load_config("", as_overrides(random_part(seed))).dram;
    Driver dram(part);
    for (int64_t at = 0; at < 40; ++at) dram.accept(at * 777, 300, at % 3 == 0, at);
    EXPECT_GT(dram.finish(), 0) << seed;
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << seed;
    const int64_t data = (part.burst_length + 1) / 2;
    part.refi = part.rfc + 2 * (part.rc + part.cl + data + part.cwl + data + part.wr) - 1;
    EXPECT_THROW(load_config("", as_overrides(part)), Error) << seed;
    EXPECT_THROW(MemorySystem{part}, Error) << seed;
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
