#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/config/load.h"
#include "scratch_file.h"

namespace fusesim {
namespace {

using testing::ElementsAre;

/// Every key with a value that is not its default.
const char* const kEveryKey = R"(name: "a \"b\" \\ c"
datatypes: {activation_bits: 16, weight_bits: 24, bias_bits: 40, partial_sum_bits: 48}
buffer: {capacity: 100001, read_bytes_per_cycle: 48, write_bytes_per_cycle: 49, banks: 1}
pe:
  {rows: 3, columns: 5, dataflow: input_stationary, fill_cycles: 7, fold_taps: false, depthwise_positions: false,
   stripe: 19, weight_bytes_per_cycle: 21, shadow_weights: false}
vector_unit: {lanes: 9}
clock_mhz: 933.333
lbdf: {prefetch_rows: 2}
brr: {slice_channels: [2, 11, 4], double_buffer: weights}
prefetch_next_group: true
dma: {max_outstanding_bursts: 13, setup_cycles: 17}
energy: {mac_pj: 0.1, vector_op_pj: 0.07, buffer_read_byte_pj: 1e-3, buffer_write_byte_pj: 123.456, static_mw: 5}
area: {buffer_mm2: 1.25, pe_mm2: 0.001, other_mm2: 0.5}
graph: {fold_epilogues: false, memory_limit: 20}
search: {state_limit: 123}
dram:
  name: part
  standard: DDR5
  channels: 3
  ranks: 2
  bank_groups: 8
  banks_per_group: 2
  rows: 49152
  columns: 2048
  bus_bits: 32
  burst_length: 4
  clock_mhz: 800.5
  cl: 101
  cwl: 102
  rcd: 103
  rp: 104
  ras: 105
  rc: 210
  rrd_s: 107
  rrd_l: 108
  faw: 109
  ccd_s: 110
  ccd_l: 111
  wtr_s: 112
  wtr_l: 113
  rtp: 114
  wr: 115
  rtrs: 116
  rfc: 117
  refi: 9118
  queue_depth: 119
  open_page: false
  activate_pj: 120.5
  read_burst_pj: 121.5
  write_burst_pj: 122.5
  refresh_pj: 123.5
  background_mw: 124.5
  beats_per_clock: 4
  dqsck: 125
  dqss: 126
  rcd_write: 99
  ccd_l_write: 127
  rp_ab: 128
  ppd: 129
  activate_clocks: 2
  burst_clocks: 3
  precharge_clocks: 4
  refresh_clocks: 5
  row_bus: true
  refresh: same_bank
  rfc_bank: 130
  refresh_gap: 131
  refresh_activate: 132
  scheduling: fcfs
  hit_cap: 133
  write_drain: watermark
  address_map: rank row bank column channel group
  bank_hash: rotate
  power_down_after: 134
  xp: 135
  precharged_mw: 136.5
  power_down_mw: auto
  power_down_precharged_mw: 137.5
)";

TEST(LoadConfig, DatatypesOfTheFile) {
  EXPECT_FALSE(load_config("", std::vector<std::string>{}).datatypes.from_file);
  EXPECT_TRUE(load_config("", std::vector<std::string>{"datatypes=file"}).datatypes.from_file);
  const ScratchFile brief("datatypes: file\n");
  EXPECT_TRUE(load_config(brief.path(), std::vector<std::string>{}).datatypes.from_file);
  const ScratchFile wide("datatypes: {activation_bits: 16}\n");
  const Config c = load_config(wide.path(), std::vector<std::string>{"datatypes=file"});
  EXPECT_EQ(c.datatypes, (Datatypes{2, 1, 4, 4, true}));
}

TEST(LoadConfig, SizesAreWrittenWithTheirUnit) {
  const auto written = [](const std::string& size) {
    const std::string yaml = to_yaml(load_config("", {"buffer.capacity=" + size}));
    const size_t begin = yaml.find("capacity: ");
    return yaml.substr(begin, yaml.find('\n', begin) - begin);
  };
  EXPECT_EQ(written("100000"), "capacity: 100000 B");
  EXPECT_EQ(written("1500B"), "capacity: 1500 B");
  EXPECT_EQ(written("1"), "capacity: 1 B");
  EXPECT_EQ(written("64KB"), "capacity: 64000 B");
  EXPECT_EQ(written("512KB"), "capacity: 500 KiB");
  EXPECT_EQ(written("3072KiB"), "capacity: 3 MiB");
}

TEST(LoadConfig, AFillOfZeroIsWrittenWithWhatItMeans) {
  const Config c = load_config("", {"pe.rows=16", "pe.columns=64"});
  EXPECT_NE(to_yaml(c).find("\n  fill_cycles: 0  # rows + columns: 80 cycles\n"), std::string::npos)
      << to_yaml(c);
  const Config given = load_config("", {"pe.fill_cycles=7"});
  EXPECT_NE(to_yaml(given).find("\n  fill_cycles: 7\n"), std::string::npos) << to_yaml(given);
}

TEST(LoadConfig, EveryKeyOfTheAcceleratorArrives) {
  const ScratchFile file(kEveryKey);
  const Config c = load_config(file.path());
  EXPECT_EQ(c.name, "a \"b\" \\ c");
  EXPECT_EQ(c.datatypes, (Datatypes{2, 3, 5, 6}));
  EXPECT_EQ(c.buffer.capacity_bytes, 100001);
  EXPECT_EQ(c.buffer.read_bytes_per_cycle, 48);
  EXPECT_EQ(c.buffer.write_bytes_per_cycle, 49);
  EXPECT_EQ(c.buffer.banks, 1);
  EXPECT_EQ(c.pe.rows, 3);
  EXPECT_EQ(c.pe.columns, 5);
  EXPECT_EQ(c.pe.dataflow, Dataflow::input_stationary);
  EXPECT_EQ(c.pe.fill_cycles, 7);
  EXPECT_FALSE(c.pe.fold_taps);
  EXPECT_FALSE(c.pe.depthwise_positions);
  EXPECT_EQ(c.pe.stripe, 19);
  EXPECT_EQ(c.pe.weight_bytes_per_cycle, 21);
  EXPECT_FALSE(c.pe.shadow_weights);
  EXPECT_EQ(c.vector_unit.lanes, 9);
  EXPECT_EQ(c.clock_khz, 933333);
  EXPECT_EQ(c.lbdf.prefetch_rows, 2);
  EXPECT_THAT(c.brr.slice_channels, ElementsAre(11, 4, 2));
  EXPECT_EQ(c.brr.double_buffer, DoubleBuffer::weights);
  EXPECT_TRUE(c.prefetch_next_group);
  EXPECT_EQ(c.dma.max_outstanding_bursts, 13);
  EXPECT_EQ(c.dma.setup_cycles, 17);
  EXPECT_DOUBLE_EQ(c.energy.mac_pj, 0.1);
  EXPECT_DOUBLE_EQ(c.energy.vector_op_pj, 0.07);
  EXPECT_EQ(c.energy.buffer_read_byte_pj, 0.001);
  EXPECT_EQ(c.energy.buffer_write_byte_pj, 123.456);
  EXPECT_DOUBLE_EQ(c.energy.static_mw, 5);
  EXPECT_EQ(c.area.buffer_mm2, 1.25);
  EXPECT_EQ(c.area.pe_mm2, 0.001);
  EXPECT_EQ(c.area.other_mm2, 0.5);
  EXPECT_FALSE(c.graph.fold_epilogues);
  EXPECT_EQ(c.graph.memory_limit_bytes, 20);
  EXPECT_EQ(c.search.state_limit, 123);
}

TEST(LoadConfig, EveryKeyOfTheDramArrives) {
  const ScratchFile file(kEveryKey);
  const Config c = load_config(file.path());
  const DramConfig& d = c.dram;
  EXPECT_EQ(d.name, "part");
  EXPECT_EQ(d.standard, "DDR5");
  EXPECT_THAT((std::vector<int64_t>{d.channels, d.ranks, d.bank_groups, d.banks_per_group, d.rows, d.columns,
                                    d.bus_bits, d.burst_length, d.clock_khz}),
              ElementsAre(3, 2, 8, 2, 49152, 2048, 32, 4, 800500));
  EXPECT_THAT((std::vector<int64_t>{d.cl, d.cwl, d.rcd, d.rp, d.ras, d.rc, d.rrd_s, d.rrd_l, d.faw, d.ccd_s}),
              ElementsAre(101, 102, 103, 104, 105, 210, 107, 108, 109, 110));
  EXPECT_THAT(
      (std::vector<int64_t>{d.ccd_l, d.wtr_s, d.wtr_l, d.rtp, d.wr, d.rtrs, d.rfc, d.refi, d.queue_depth}),
      ElementsAre(111, 112, 113, 114, 115, 116, 117, 9118, 119));
  EXPECT_FALSE(d.open_page);
  EXPECT_DOUBLE_EQ(c.energy.dram_activate_pj, 120.5);
  EXPECT_DOUBLE_EQ(c.energy.dram_read_burst_pj, 121.5);
  EXPECT_DOUBLE_EQ(c.energy.dram_write_burst_pj, 122.5);
  EXPECT_DOUBLE_EQ(c.energy.dram_refresh_pj, 123.5);
  EXPECT_DOUBLE_EQ(c.energy.dram_background_mw, 124.5);
}

TEST(LoadConfig, KeysOfTheDramThatHaveDefaultsArrive) {
  const ScratchFile file(kEveryKey);
  const Config c = load_config(file.path());
  const DramConfig& d = c.dram;
  EXPECT_THAT(
      (std::vector<int64_t>{d.beats_per_clock, d.dqsck, d.dqss, d.rcd_write, d.ccd_l_write, d.rp_ab, d.ppd,
                            d.activate_clocks, d.burst_clocks, d.precharge_clocks, d.refresh_clocks}),
      ElementsAre(4, 125, 126, 99, 127, 128, 129, 2, 3, 4, 5));
  EXPECT_THAT((std::vector<int64_t>{d.rfc_bank, d.refresh_gap, d.refresh_activate, d.hit_cap,
                                    d.power_down_after, d.xp}),
              ElementsAre(130, 131, 132, 133, 134, 135));
  EXPECT_TRUE(d.row_bus);
  EXPECT_EQ(d.refresh, RefreshMode::same_bank);
  EXPECT_EQ(d.scheduling, Scheduling::fcfs);
  EXPECT_EQ(d.write_drain, WriteDrain::watermark);
  EXPECT_EQ(d.bank_hash, BankHash::rotate);
  using F = AddressField;
  EXPECT_EQ(d.address_map, (AddressOrder{F::rank, F::row, F::bank, F::column, F::channel, F::group}));
  EXPECT_EQ(c.energy.dram_precharged_mw, 136.5);
  EXPECT_FALSE(c.energy.dram_power_down_mw.has_value());
  EXPECT_EQ(c.energy.dram_power_down_precharged_mw, 137.5);
}

TEST(LoadConfig, ADramFileMayLeaveOutWhatHasDefaults) {
  std::ifstream shipped(std::string(FUSESIM_SOURCE_DIR) + "/configs/dram/ddr4_2400.yaml");
  std::string text;
  for (std::string line; std::getline(shipped, line);) {
    const bool has_default =
        line.rfind("precharged_mw", 0) == 0 || line.rfind("power_down", 0) == 0 || line.rfind("xp", 0) == 0;
    if (!has_default) text += line + "\n";
  }
  const ScratchFile part(text);
  const Config c = load_config("", {"dram=" + part.path()});
  EXPECT_EQ(c.dram.xp, 0);
  EXPECT_FALSE(c.energy.dram_precharged_mw.has_value());
  EXPECT_FALSE(c.energy.dram_power_down_mw.has_value());
  EXPECT_FALSE(c.energy.dram_power_down_precharged_mw.has_value());
}

TEST(LoadConfig, AnAddressMapNamesEveryFieldOnce) {
  for (const char* order : {"row rank bank column group", "row row bank column group channel",
                            "row rank bank column group way", "row rank bank column group channel channel"}) {
    EXPECT_THROW(load_config("", {std::string("dram.address_map=") + order}), Error) << order;
  }
  EXPECT_NO_THROW(load_config("", {"dram.address_map=row bank rank column group channel"}));
}

TEST(LoadConfig, PrintedConfigurationLoadsToTheSame) {
  const ScratchFile file(kEveryKey);
  const Config c = load_config(file.path());
  const ScratchFile printed(to_yaml(c));
  const Config again = load_config(printed.path());
  EXPECT_TRUE(again == c);
  EXPECT_EQ(to_yaml(again), to_yaml(c));
}

TEST(LoadConfig, DefaultsWithoutFile) {
  const Config c = load_config("");
  EXPECT_EQ(c.buffer.capacity_bytes, 262144);
  EXPECT_EQ(c.pe.rows, 32);
  EXPECT_EQ(c.dram.name, "ddr4_2400");
  EXPECT_THAT(c.brr.slice_channels, ElementsAre(32, 16, 8));
  EXPECT_EQ(c.brr.double_buffer, DoubleBuffer::none);
  EXPECT_FALSE(c.prefetch_next_group);
}

TEST(LoadConfig, SliceDefaultsFollowTheColumns) {
  EXPECT_THAT(load_config("", {"pe.columns=14"}).brr.slice_channels, ElementsAre(14, 7, 3));
  EXPECT_THAT(load_config("", {"pe.columns=3"}).brr.slice_channels, ElementsAre(3, 1));
  EXPECT_THAT(load_config("", {"pe.columns=1"}).brr.slice_channels, ElementsAre(1));
}

TEST(LoadConfig, LaterOverridesWin) {
  const ScratchFile file("pe: {rows: 4}\n");
  EXPECT_EQ(load_config(file.path(), {"pe.rows=8", "pe.rows=16"}).pe.rows, 16);
}

TEST(LoadConfig, OverridesReachSectionsThatTheFileDoesNotHave) {
  const ScratchFile file("name: a\n");
  EXPECT_EQ(load_config(file.path(), {"dma.setup_cycles=3"}).dma.setup_cycles, 3);
}

TEST(LoadConfig, ListOverridesWithAndWithoutBrackets) {
  EXPECT_THAT(load_config("", {"brr.slice_channels=4,12"}).brr.slice_channels, ElementsAre(12, 4));
  EXPECT_THAT(load_config("", {"brr.slice_channels=[4, 12]"}).brr.slice_channels, ElementsAre(12, 4));
}

TEST(LoadConfig, DramPresetByOverride) {
  const Config c = load_config("", {"dram=lpddr4_3200"});
  EXPECT_EQ(c.dram.standard, "LPDDR4");
  EXPECT_EQ(c.dram.burst_bytes(), 32);
}

TEST(LoadConfig, SingleDramKeyOverAPreset) {
  const ScratchFile file("dram: lpddr4_3200\n");
  const Config c = load_config(file.path(), {"dram.channels=4"});
  EXPECT_EQ(c.dram.standard, "LPDDR4");
  EXPECT_EQ(c.dram.channels, 4);
}

TEST(LoadConfig, SingleDramKeyOverTheDefault) {
  const Config c = load_config("", {"dram.channels=2"});
  EXPECT_EQ(c.dram.name, "ddr4_2400");
  EXPECT_EQ(c.dram.channels, 2);
}

TEST(LoadConfig, DramPathIsRelativeToTheAcceleratorFile) {
  Config part = load_config("");
  part.dram.name = "mine";
  const std::string yaml = to_yaml(part);
  std::string dram;
  for (size_t at = yaml.find("dram:\n") + 6; at < yaml.size(); at = yaml.find('\n', at) + 1) {
    dram += yaml.substr(at + 2, yaml.find('\n', at) - at - 1);
  }
  const ScratchFile dram_file(dram);
  const ScratchFile file("dram: " + dram_file.name() + "\n");
  EXPECT_EQ(load_config(file.path()).dram.name, "mine");
}

TEST(LoadConfig, CarriageReturnsAndByteOrderMark) {
  const ScratchFile file("\xEF\xBB\xBFname: a\r\npe:\r\n  rows: 8\r\n");
  EXPECT_EQ(load_config(file.path()).pe.rows, 8);
}

TEST(LoadWithKeys, NamesTheKeysThatSomebodyWrote) {
  const ScratchFile file("pe: {rows: 8}\ndram: {refi: 9000}\n");
  const LoadedConfig loaded = load_with_keys(file.path(), {"lbdf={prefetch_rows: 1}", "clock_mhz=500"});
  EXPECT_THAT(loaded.written, ElementsAre("clock_mhz", "dram.refi", "lbdf.prefetch_rows", "pe.rows"));
  EXPECT_EQ(loaded.config.pe.rows, 8);
  EXPECT_TRUE(load_with_keys("", {}).written.empty());
  EXPECT_EQ(load_with_keys("", {"dram=lpddr4_3200"}).written.count("buffer.capacity"), 0U);
}

TEST(Equality, SeesEveryPrintedKey) {
  const ScratchFile file(kEveryKey);
  const Config changed = load_config(file.path());
  EXPECT_FALSE(changed == load_config(""));
  EXPECT_TRUE(changed == load_config(file.path()));
}

TEST(ParseBytes, UnitsAreExact) {
  EXPECT_EQ(parse_bytes("131072", "b"), 131072);
  EXPECT_EQ(parse_bytes("7 B", "b"), 7);
  EXPECT_EQ(parse_bytes("256KiB", "b"), 262144);
  EXPECT_EQ(parse_bytes(" 1 MiB ", "b"), 1048576);
  EXPECT_EQ(parse_bytes("64KB", "b"), 64000);
  EXPECT_EQ(parse_bytes("1.5KiB", "b"), 1536);
  EXPECT_EQ(parse_bytes("0.001KB", "b"), 1);
  EXPECT_EQ(parse_bytes("2GiB", "b"), int64_t{1} << 31);
  EXPECT_EQ(parse_bytes("9223372036854775807", "b"), INT64_MAX);
}

TEST(DataDirectory, EnvironmentComesFirst) {
  setenv("FUSESIM_DATA_DIR", "/elsewhere", 1);
  EXPECT_EQ(data_directory(), "/elsewhere");
  unsetenv("FUSESIM_DATA_DIR");
  EXPECT_EQ(data_directory(), FUSESIM_SOURCE_DIR);
}

}  // namespace
}  // namespace fusesim
