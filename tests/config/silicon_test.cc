#include <gtest/gtest.h>

#include <string>

#include "fusesim/config/config.h"
#include "scratch_file.h"

namespace fusesim {
namespace {

constexpr int64_t kKib = 1024;

TEST(SramEnergy, GoesThroughThePublishedCachesWithinThreePercent) {
  EXPECT_NEAR(8 * sram_byte_pj(8 * kKib), 10, 0.3);
  EXPECT_NEAR(8 * sram_byte_pj(32 * kKib), 20, 0.6);
  EXPECT_NEAR(8 * sram_byte_pj(1024 * kKib), 100, 3);
}

TEST(SramEnergy, IsThePowerLawOfTheReadme) {
  EXPECT_NEAR(sram_byte_pj(128 * kKib), 4.708, 1e-3);
  EXPECT_NEAR(sram_byte_pj(256 * kKib), 6.533, 1e-3);
  EXPECT_NEAR(sram_byte_pj(512 * kKib), 9.065, 1e-3);
  EXPECT_NEAR(sram_byte_pj(1), 0.0179596, 1e-7);
  EXPECT_NEAR(sram_byte_pj(2 * kKib) / sram_byte_pj(kKib), 1.387612, 1e-6);  // exp(0.327584)
}

TEST(BufferEnergy, AutoFollowsTheCapacityAndANumberStays) {
  const Config small = load_config("", {"buffer.capacity=128KiB"});
  const Config large = load_config("", {"buffer.capacity=1MiB"});
  EXPECT_EQ(small.buffer_read_byte_pj(), sram_byte_pj(128 * kKib));
  EXPECT_EQ(large.buffer_write_byte_pj(), sram_byte_pj(1024 * kKib));
  const Config fixed = load_config(
      "", {"buffer.capacity=1MiB", "energy.buffer_read_byte_pj=7", "energy.buffer_write_byte_pj=0"});
  EXPECT_EQ(fixed.buffer_read_byte_pj(), 7);
  EXPECT_EQ(fixed.buffer_write_byte_pj(), 0);
}

TEST(BufferEnergy, AutoReplacesANumberAndIsPrintedAsAuto) {
  const ScratchFile file("energy: {buffer_read_byte_pj: 7, buffer_write_byte_pj: 8}\n");
  const Config c = load_config(file.path(), {"energy.buffer_read_byte_pj=auto"});
  EXPECT_FALSE(c.energy.buffer_read_byte_pj.has_value());
  EXPECT_EQ(c.energy.buffer_write_byte_pj, 8);
  const std::string yaml = to_yaml(c);
  EXPECT_NE(yaml.find("buffer_read_byte_pj: auto\n"), std::string::npos);
  const ScratchFile printed(yaml);
  EXPECT_TRUE(load_config(printed.path()) == c);
  EXPECT_FALSE(c == load_config(file.path()));
}

TEST(Area, OfTheDefaultMachine) {
  const AreaEstimate area = area_of(load_config(""));
  constexpr double kBitUm2 = 0.346 / 0.74;
  EXPECT_NEAR(area.buffer_mm2, 256 * 1024 * 8 * kBitUm2 * 1e-6, 1e-12);
  // 282 + 137 and 56 bits of registers; 32 accumulators of 32 bits for each of 32 columns.
  EXPECT_NEAR(area.array_mm2, (32 * 32 * (282 + 137 + 56 * 4.522) + 32 * 32 * 32 * kBitUm2) * 1e-6, 1e-12);
  EXPECT_EQ(area.other_mm2, 0);
  EXPECT_EQ(area.total_mm2(), area.buffer_mm2 + area.array_mm2);
  EXPECT_NEAR(area.total_mm2(), 1.685, 1e-3);
}

TEST(Area, FollowsCapacityArrayAndWidths) {
  const AreaEstimate wide = area_of(load_config(
      "", {"buffer.capacity=1MiB", "pe.rows=2", "pe.columns=3", "pe.stripe=0", "pe.shadow_weights=false",
           "datatypes.activation_bits=16", "datatypes.weight_bits=24", "datatypes.partial_sum_bits=64"}));
  EXPECT_NEAR(wide.buffer_mm2, 4 * area_of(load_config("")).buffer_mm2, 1e-12);
  EXPECT_NEAR(wide.array_mm2, 6 * (282 * 2 * 3 + 137 * 2 + 4.522 * (16 + 24 + 64)) * 1e-6, 1e-12);
}

TEST(Area, NumbersReplaceIt) {
  const AreaEstimate area =
      area_of(load_config("", {"area.buffer_mm2=2", "area.pe_mm2=0.5", "area.other_mm2=0.25", "pe.rows=2",
                               "pe.columns=4", "pe.stripe=0"}));
  EXPECT_EQ(area.buffer_mm2, 2);
  EXPECT_EQ(area.array_mm2, 4);
  EXPECT_EQ(area.total_mm2(), 6.25);
}

}  // namespace
}  // namespace fusesim
