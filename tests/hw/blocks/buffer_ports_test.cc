#include "blocks/buffer_ports.h"

#include <gtest/gtest.h>

namespace fusesim::hw {
namespace {

BufferPorts ports(int64_t read, int64_t write, int64_t banks) {
  Config config;
  config.buffer.read_bytes_per_cycle = read;
  config.buffer.write_bytes_per_cycle = write;
  config.buffer.banks = banks;
  return BufferPorts(config);
}

TEST(BufferPorts, ReadsAndWritesRunSideBySideInSeveralBanks) {
  EXPECT_EQ(ports(10, 4, 2).cycles({95, 12}), 10);
  EXPECT_EQ(ports(10, 4, 2).cycles({95, 41}), 11);
  EXPECT_EQ(ports(10, 4, 16).cycles({95, 12}), 10);
  EXPECT_EQ(ports(10, 4, 2).cycles({}), 0);
}

TEST(BufferPorts, ASingleBankReadsOrWrites) { EXPECT_EQ(ports(10, 4, 1).cycles({95, 41}), 10 + 11); }

TEST(BufferPorts, DefaultsFeedTheDefaultArray) {
  // 32 inputs, 32 weights and 32 sums of 4 bytes in, 32 sums out
  const BufferPorts defaults((Config()));
  EXPECT_EQ(defaults.cycles({int64_t{192} * 7, 0}), 7);
  EXPECT_EQ(defaults.cycles({192 * 7 + 1, 0}), 8);
  EXPECT_EQ(defaults.cycles({0, int64_t{128} * 7}), 7);
}

}  // namespace
}  // namespace fusesim::hw
