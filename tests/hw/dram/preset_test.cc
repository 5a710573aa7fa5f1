#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "distances.h"
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

/// Every part, and those with refreshes of less than a rank a second time with these.
std::vector<DramConfig> presets_in_every_refresh_mode() {
  std::vector<DramConfig> parts = presets();
  for (DramConfig part : presets()) {
    if (part.rfc_bank == 0) continue;
    part.refresh = part.standard == "DDR5" ? RefreshMode::same_bank : RefreshMode::per_bank;
    parts.push_back(part);
  }
  return parts;
}

TEST(Preset, HasTheDistancesOfItsStandard) {
  const std::vector<DramConfig> parts = presets();
  ASSERT_EQ(parts.size(), published_parts().size());
  for (const DramConfig& part : parts) {
    const auto expected = named(published_distances(part.name));
    const auto mine = named(distances_of(part));
    ASSERT_EQ(mine.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const auto& [name, distance] = mine[i];
      const bool of_bank_refreshes = name.find("of another bank") != std::string::npos;
      if (of_bank_refreshes && part.rfc_bank == 0) continue;
      EXPECT_EQ(distance, expected[i].second) << part.name << ": " << name;
    }
  }
}

TEST(Preset, StreamsAtNinetyTwoPercentOfWhatRefreshLeaves) {
  for (const DramConfig& part : presets()) {
    for (const bool write : {false, true}) {
      Driver dram(part);
      const int64_t bytes = (1 << 18) * part.channels;
      for (int64_t at = 0; at < bytes; at += 4096) dram.accept(at, 4096, write, 0);
      const auto cycles = static_cast<double>(dram.finish() * part.channels);
      const double load = static_cast<double>(dram.memory().counts().busy_cycles) / cycles;
      const double refreshed = static_cast<double>(part.rfc) / static_cast<double>(part.refi);
      EXPECT_GT(load, 0.92 * (1.0 - refreshed)) << part.name;
      EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << part.name;
    }
  }
}

// A request of cycle 0 is seen in cycle 1.
TEST(Preset, ReadsFromAClosedRowAfterActivateReadLatencyAndData) {
  for (const DramConfig& part : presets()) {
    const Distances d = published_distances(part.name);
    Driver dram(part);
    const size_t read = dram.read({0, 0, 0, 0, 3, 0}, 0);
    dram.finish();
    EXPECT_EQ(dram.end(read), 1 + d.activate_read + d.read_ends) << part.name;
    const size_t hit = dram.read({0, 0, 0, 0, 3, 1}, 1000);
    dram.finish();
    EXPECT_EQ(dram.end(hit), 1001 + d.read_ends) << part.name;
    const size_t conflict = dram.read({0, 0, 0, 0, 4, 0}, 1500);
    dram.finish();
    EXPECT_EQ(dram.end(conflict), 1501 + d.precharge_activate + d.activate_read + d.read_ends) << part.name;
  }
}

// Where neither the read nor the precharge takes longer than the row has to be open.
TEST(Preset, OpensRowsOfOneBankARowCycleApart) {
  for (const DramConfig& part : presets()) {
    const Distances d = published_distances(part.name);
    Driver dram(part);
    const int64_t rows = part.refi / 2 / d.activate_activate;
    for (int64_t row = 0; row < rows; ++row) dram.read({0, 0, 0, 0, row, 0}, 0);
    const int64_t end = dram.finish();
    EXPECT_EQ(end, 1 + (rows - 1) * d.activate_activate + d.activate_read + d.read_ends) << part.name;
  }
}

/// The part as overrides of a configuration.
std::vector<std::string> as_overrides(const DramConfig& p) {
  std::vector<std::string> overrides = {"dram.name=" + p.name};
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
  set("dqsck", p.dqsck), set("dqss", p.dqss), set("rcd_write", p.rcd_write);
  set("ccd_l_write", p.ccd_l_write), set("rp_ab", p.rp_ab), set("ppd", p.ppd);
  set("activate_clocks", p.activate_clocks), set("burst_clocks", p.burst_clocks);
  set("precharge_clocks", p.precharge_clocks), set("refresh_clocks", p.refresh_clocks);
  set("rfc_bank", p.rfc_bank), set("refresh_gap", p.refresh_gap), set("refresh_activate", p.refresh_activate);
  set("hit_cap", p.hit_cap), set("power_down_after", p.power_down_after), set("xp", p.xp);
  const auto flag = [&overrides](const std::string& key, bool value) {
    overrides.push_back("dram." + key + (value ? "=true" : "=false"));
  };
  flag("open_page", p.open_page), flag("row_bus", p.row_bus);
  const auto choose = [&overrides](const std::string& key, const auto& names, auto value) {
    for (const auto& [name, candidate] : names) {
      if (candidate == value) overrides.push_back("dram." + key + "=" + name);
    }
  };
  choose("refresh", kRefreshModes, p.refresh), choose("scheduling", kSchedulings, p.scheduling);
  std::string order;
  for (const AddressField field : p.address_map) {
    for (const auto& [name, candidate] : kAddressFields) {
      if (candidate == field) order += (order.empty() ? "" : " ") + std::string(name);
    }
  }
  overrides.push_back("dram.address_map=" + order);
  choose("write_drain", kWriteDrains, p.write_drain), choose("bank_hash", kBankHashes, p.bank_hash);
  return overrides;
}

TEST(Preset, WhatTheConfigurationAcceptsTheMemoryServesAndTheOtherWayRound) {
  for (uint64_t seed = 1; seed <= 100; ++seed) {
    DramConfig part = load_config("", as_overrides(random_part(seed))).dram;
    Driver dram(part);
    for (int64_t at = 0; at < 40; ++at) dram.accept(at * 777, 300, at % 3 == 0, at);
    EXPECT_GT(dram.finish(), 0) << seed;
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << seed;
    part.refi = part.least_refi() - 1;
    EXPECT_THROW(load_config("", as_overrides(part)), Error) << seed;
    EXPECT_THROW(MemorySystem{part}, Error) << seed;
  }
}

/// Clustered pieces of up to 600 bytes, so that hits, conflicts and turnarounds all happen.
void random_traffic(Driver& dram, int64_t bursts, uint64_t seed) {
  const DramConfig& part = dram.part();
  std::mt19937_64 random(seed);
  int64_t cycle = 0;
  for (int64_t moved = 0; moved < bursts;) {
    cycle += static_cast<int64_t>(random() % (random() % 50 == 0 ? 4000 : 30));
    const auto row = static_cast<int64_t>(random() % 4) * (part.capacity_bytes() / part.rows);
    const int64_t at = row + static_cast<int64_t>(random() % 60'000);
    const int64_t bytes = 1 + static_cast<int64_t>(random() % 600);
    dram.accept(at, bytes, random() % 4 == 0, cycle);
    moved += dram.memory().bursts(at, bytes);
    dram.advance(cycle);
  }
  dram.finish();
}

TEST(Preset, KeepsItsTimingsUnderRandomTraffic) {
  for (const DramConfig& part : presets_in_every_refresh_mode()) {
    Driver dram(part);
    random_traffic(dram, 100'000, 9);
    EXPECT_GE(dram.memory().counts().reads + dram.memory().counts().writes, 100'000) << part.name;
    EXPECT_THAT(dram.checker().violations(), testing::IsEmpty()) << part.name;
  }
}

}  // namespace
}  // namespace fusesim::hw
