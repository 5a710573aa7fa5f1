#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fusesim/config/config.h"

namespace fusesim {
namespace {

const std::vector<std::string> kWide = {"datatypes.activation_bits=16", "datatypes.weight_bits=24",
                                        "pe.rows=8", "pe.columns=10"};

Config wide(std::vector<std::string> more) {
  more.insert(more.begin(), kWide.begin(), kWide.end());
  return load_config("", more);
}

TEST(Ports, WeightsEnterARowOfTheArrayPerCycle) {
  for (const char* dataflow : {"weight_stationary", "input_stationary"}) {
    const Config c = wide({std::string("pe.dataflow=") + dataflow});
    EXPECT_EQ(c.pe.weight_port_bytes(c.datatypes), 10 * 3);
    EXPECT_EQ(c.pe.weight_load_cycles(c.datatypes), 8);
  }
}

TEST(Ports, OutputStationaryTakesAllWeightsAtOnce) {
  const Config c = wide({"pe.dataflow=output_stationary"});
  EXPECT_EQ(c.pe.weight_port_bytes(c.datatypes), 8 * 10 * 3);
  EXPECT_EQ(c.pe.weight_load_cycles(c.datatypes), 1);
}

TEST(Ports, LoadingAWholeArrayIsRoundedUp) {
  const Config c = wide({"pe.weight_bytes_per_cycle=100"});
  EXPECT_EQ(c.pe.weight_port_bytes(c.datatypes), 100);
  EXPECT_EQ(c.pe.weight_load_cycles(c.datatypes), 3);  // 240 bytes
}

TEST(Ports, TheBufferFeedsTheArrayAtFullRate) {
  const Config c = wide({"vector_unit.lanes=1"});
  EXPECT_EQ(c.buffer_read_port_bytes(), 8 * 2 + 10 * 3 + 10 * 4);
  EXPECT_EQ(c.buffer_write_port_bytes(), 10 * 4);
  EXPECT_EQ(load_config("").buffer_read_port_bytes(), 192);
  EXPECT_EQ(load_config("").buffer_write_port_bytes(), 128);
}

TEST(Ports, TheBufferFeedsTheVectorUnitAtFullRate) {
  const Config c = wide({"vector_unit.lanes=100"});
  EXPECT_EQ(c.buffer_read_port_bytes(), 2 * 100 * 2);
  EXPECT_EQ(c.buffer_write_port_bytes(), 100 * 2);
}

TEST(Ports, ConfiguredPortsReplaceTheDefault) {
  const Config c = wide({"buffer.read_bytes_per_cycle=5", "buffer.write_bytes_per_cycle=7"});
  EXPECT_EQ(c.buffer_read_port_bytes(), 5);
  EXPECT_EQ(c.buffer_write_port_bytes(), 7);
}

TEST(Ports, FillOfASystolicArrayIsItsRowsAndColumns) {
  EXPECT_EQ(wide({}).pe.pipeline_fill(), 18);
  EXPECT_EQ(wide({"pe.fill_cycles=7"}).pe.pipeline_fill(), 7);
}

}  // namespace
}  // namespace fusesim
