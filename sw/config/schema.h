#pragma once

#include "fusesim/config/config.h"

namespace fusesim {

/// Every key of the configuration, its unit and range, once: the reader and the writer both walk these
/// functions. `Io` is Reader or Writer.

/// What not every standard has, and the controller's habits: a DRAM file may leave these out.
template <class Io>
void describe_dram_more(Io& io, DramConfig& d, EnergyConfig& e) {
  constexpr int64_t kMostCycles = 1'000'000;
  constexpr int64_t kMostCommandClocks = 16;
  io.power_of_two("beats_per_clock", d.beats_per_clock, 1, 16);
  io.integer("dqsck", d.dqsck, 0, kMostCycles);
  io.integer("dqss", d.dqss, 0, kMostCycles);
  io.integer("rcd_write", d.rcd_write, 0, kMostCycles);
  io.integer("ccd_l_write", d.ccd_l_write, 0, kMostCycles);
  io.integer("rp_ab", d.rp_ab, 0, kMostCycles);
  io.integer("ppd", d.ppd, 0, kMostCycles);
  io.integer("activate_clocks", d.activate_clocks, 1, kMostCommandClocks);
  io.integer("burst_clocks", d.burst_clocks, 1, kMostCommandClocks);
  io.integer("precharge_clocks", d.precharge_clocks, 1, kMostCommandClocks);
  io.integer("refresh_clocks", d.refresh_clocks, 1, kMostCommandClocks);
  io.flag("row_bus", d.row_bus);
  io.choice("refresh", d.refresh, kRefreshModes);
  io.integer("rfc_bank", d.rfc_bank, 0, kMostCycles);
  io.integer("refresh_gap", d.refresh_gap, 0, kMostCycles);
  io.integer("refresh_activate", d.refresh_activate, 0, kMostCycles);
  io.choice("scheduling", d.scheduling, kSchedulings);
  io.integer("hit_cap", d.hit_cap, 0, kMostCycles);
  io.choice("write_drain", d.write_drain, kWriteDrains);
  io.order("address_map", d.address_map, kAddressFields);
  io.choice("bank_hash", d.bank_hash, kBankHashes);
  io.integer("power_down_after", d.power_down_after, 0, 100 * kMostCycles);
  io.integer("xp", d.xp, 0, kMostCycles);
  constexpr double kMostMw = 1e6;
  io.number_or_auto("precharged_mw", e.dram_precharged_mw, kMostMw);
  io.number_or_auto("power_down_mw", e.dram_power_down_mw, kMostMw);
  io.number_or_auto("power_down_precharged_mw", e.dram_power_down_precharged_mw, kMostMw);
}

template <class Io>
void describe_dram(Io& io, DramConfig& d, EnergyConfig& e) {
  constexpr int64_t kMostCycles = 1'000'000;
  io.text("name", d.name);
  io.text("standard", d.standard);
  io.integer("channels", d.channels, 1, 64);
  io.integer("ranks", d.ranks, 1, 16);
  io.power_of_two("bank_groups", d.bank_groups, 1, 64);
  io.power_of_two("banks_per_group", d.banks_per_group, 1, 64);
  io.integer("rows", d.rows, 1, 1 << 24);
  io.power_of_two("columns", d.columns, 1, 1 << 16);
  io.power_of_two("bus_bits", d.bus_bits, 8, 4096);
  io.power_of_two("burst_length", d.burst_length, 1, 128);
  io.megahertz("clock_mhz", d.clock_khz);
  io.integer("cl", d.cl, 1, kMostCycles);
  io.integer("cwl", d.cwl, 1, kMostCycles);
  io.integer("rcd", d.rcd, 1, kMostCycles);
  io.integer("rp", d.rp, 1, kMostCycles);
  io.integer("ras", d.ras, 1, kMostCycles);
  io.integer("rc", d.rc, 1, kMostCycles);
  io.integer("rrd_s", d.rrd_s, 1, kMostCycles);
  io.integer("rrd_l", d.rrd_l, 1, kMostCycles);
  io.integer("faw", d.faw, 1, kMostCycles);
  io.integer("ccd_s", d.ccd_s, 1, kMostCycles);
  io.integer("ccd_l", d.ccd_l, 1, kMostCycles);
  io.integer("wtr_s", d.wtr_s, 0, kMostCycles);
  io.integer("wtr_l", d.wtr_l, 0, kMostCycles);
  io.integer("rtp", d.rtp, 1, kMostCycles);
  io.integer("wr", d.wr, 1, kMostCycles);
  io.integer("rtrs", d.rtrs, 0, kMostCycles);
  io.integer("rfc", d.rfc, 1, kMostCycles);
  io.integer("refi", d.refi, 1, 100 * kMostCycles);
  io.integer("queue_depth", d.queue_depth, 1, 4096);
  io.flag("open_page", d.open_page);
  constexpr double kMostPj = 1e9;
  io.number("activate_pj", e.dram_activate_pj, kMostPj);
  io.number("read_burst_pj", e.dram_read_burst_pj, kMostPj);
  io.number("write_burst_pj", e.dram_write_burst_pj, kMostPj);
  io.number("refresh_pj", e.dram_refresh_pj, kMostPj);
  io.number("background_mw", e.dram_background_mw, 1e6);
  io.with_defaults([&](auto& more) { describe_dram_more(more, d, e); });
}

template <class Io>
void describe_datatypes(Io& io, Datatypes& types) {
  io.section("datatypes", [&](auto& s) {
    s.bits("activation_bits", types.activation_bytes);
    s.bits("weight_bits", types.weight_bytes);
    s.bits("bias_bits", types.bias_bytes);
    s.bits("partial_sum_bits", types.partial_sum_bytes);
    s.flag("from_file", types.from_file);
  });
}

/// Everything except `dram`, whose preset files the reader resolves first.
template <class Io>
void describe_accelerator(Io& io, Config& c) {
  io.text("name", c.name);
  describe_datatypes(io, c.datatypes);
  constexpr int64_t kMostBytesPerCycle = 1'000'000'000;
  io.section("buffer", [&](auto& s) {
    s.size("capacity", c.buffer.capacity_bytes, int64_t{1} << 40);
    s.integer("read_bytes_per_cycle", c.buffer.read_bytes_per_cycle, 0, kMostBytesPerCycle);
    s.integer("write_bytes_per_cycle", c.buffer.write_bytes_per_cycle, 0, kMostBytesPerCycle);
    s.integer("banks", c.buffer.banks, 1, 65536);
  });
  io.section("pe", [&](auto& s) {
    s.integer("rows", c.pe.rows, 1, 65536);
    s.integer("columns", c.pe.columns, 1, 65536);
    s.choice("dataflow", c.pe.dataflow, kDataflows);
    s.integer("fill_cycles", c.pe.fill_cycles, 0, 1'000'000);
    s.flag("fold_taps", c.pe.fold_taps);
    s.flag("depthwise_positions", c.pe.depthwise_positions);
    s.integer("stripe", c.pe.stripe, 0, 1 << 24);
    s.integer("weight_bytes_per_cycle", c.pe.weight_bytes_per_cycle, 0, kMostBytesPerCycle);
    s.flag("shadow_weights", c.pe.shadow_weights);
  });
  io.section("vector_unit", [&](auto& s) { s.integer("lanes", c.vector_unit.lanes, 1, 65536); });
  io.megahertz("clock_mhz", c.clock_khz);
  io.section("lbdf", [&](auto& s) { s.integer("prefetch_rows", c.lbdf.prefetch_rows, 0, 65536); });
  io.section("brr", [&](auto& s) {
    s.integers("slice_channels", c.brr.slice_channels, 1, 65536);
    s.choice("double_buffer", c.brr.double_buffer, double_buffer_names());
  });
  io.flag("prefetch_next_group", c.prefetch_next_group);
  io.section("dma", [&](auto& s) {
    s.integer("max_outstanding_bursts", c.dma.max_outstanding_bursts, 1, 65536);
    s.integer("setup_cycles", c.dma.setup_cycles, 0, 1'000'000);
  });
  io.section("energy", [&](auto& s) {
    constexpr double kMostPj = 1e6;
    s.number("mac_pj", c.energy.mac_pj, kMostPj);
    s.number("vector_op_pj", c.energy.vector_op_pj, kMostPj);
    s.number_or_auto("buffer_read_byte_pj", c.energy.buffer_read_byte_pj, kMostPj);
    s.number_or_auto("buffer_write_byte_pj", c.energy.buffer_write_byte_pj, kMostPj);
    s.number("static_mw", c.energy.static_mw, 1e6);
  });
  io.section("area", [&](auto& s) {
    constexpr double kMostMm2 = 1e6;
    s.number_or_auto("buffer_mm2", c.area.buffer_mm2, kMostMm2);
    s.number_or_auto("pe_mm2", c.area.pe_mm2, kMostMm2);
    s.number("other_mm2", c.area.other_mm2, kMostMm2);
  });
  io.section("graph", [&](auto& s) {
    s.flag("fold_epilogues", c.graph.fold_epilogues);
    s.size("memory_limit", c.graph.memory_limit_bytes, int64_t{1} << 40);
  });
  io.section("search", [&](auto& s) {
    s.integer("state_limit", c.search.state_limit, 1, 1'000'000'000'000);
    s.number("traffic_slack", c.search.traffic_slack, 10.0);
  });
  io.section("confirm", [&](auto& s) { s.number("cycles_tolerance", c.confirm.cycles_tolerance, 10.0); });
}

}  // namespace fusesim
