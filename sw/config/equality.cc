#include <tuple>

#include "fusesim/config/config.h"

namespace fusesim {
namespace {

auto fields(const BufferConfig& c) {
  return std::tie(c.capacity_bytes, c.read_bytes_per_cycle, c.write_bytes_per_cycle, c.banks);
}
auto fields(const PeArrayConfig& c) {
  return std::tie(c.rows, c.columns, c.dataflow, c.fill_cycles, c.fold_taps, c.depthwise_positions, c.stripe,
                  c.weight_bytes_per_cycle, c.shadow_weights);
}
auto fields(const BrrConfig& c) { return std::tie(c.slice_channels, c.double_buffer); }
auto fields(const DmaConfig& c) { return std::tie(c.max_outstanding_bursts, c.setup_cycles); }
auto fields(const EnergyConfig& c) {
  return std::tie(c.mac_pj, c.vector_op_pj, c.buffer_read_byte_pj, c.buffer_write_byte_pj, c.dram_activate_pj,
                  c.dram_read_burst_pj, c.dram_write_burst_pj, c.dram_refresh_pj, c.dram_background_mw,
                  c.dram_precharged_mw, c.dram_power_down_mw, c.dram_power_down_precharged_mw, c.static_mw);
}
auto fields(const AreaConfig& c) { return std::tie(c.buffer_mm2, c.pe_mm2, c.other_mm2); }
auto fields(const DramConfig& c) {
  return std::tie(c.name, c.standard, c.channels, c.ranks, c.bank_groups, c.banks_per_group, c.rows,
                  c.columns, c.bus_bits, c.burst_length, c.clock_khz, c.cl, c.cwl, c.rcd, c.rp, c.ras, c.rc,
                  c.rrd_s, c.rrd_l, c.faw, c.ccd_s, c.ccd_l, c.wtr_s, c.wtr_l, c.rtp, c.wr, c.rtrs, c.rfc,
                  c.refi, c.queue_depth, c.open_page, c.beats_per_clock, c.dqsck, c.dqss, c.rcd_write,
                  c.ccd_l_write, c.rp_ab, c.ppd, c.activate_clocks, c.burst_clocks, c.precharge_clocks,
                  c.refresh_clocks, c.row_bus, c.refresh, c.rfc_bank, c.refresh_gap, c.refresh_activate,
                  c.scheduling, c.hit_cap, c.write_drain, c.address_map, c.bank_hash, c.power_down_after,
                  c.xp);
}

}  // namespace

bool operator==(const Config& a, const Config& b) {
  return a.name == b.name && a.datatypes == b.datatypes && fields(a.buffer) == fields(b.buffer) &&
         fields(a.pe) == fields(b.pe) && a.vector_unit.lanes == b.vector_unit.lanes &&
         a.clock_khz == b.clock_khz && a.lbdf.prefetch_rows == b.lbdf.prefetch_rows &&
         fields(a.brr) == fields(b.brr) && a.prefetch_next_group == b.prefetch_next_group &&
         fields(a.dma) == fields(b.dma) && fields(a.energy) == fields(b.energy) &&
         fields(a.area) == fields(b.area) && fields(a.dram) == fields(b.dram) &&
         a.graph.fold_epilogues == b.graph.fold_epilogues &&
         a.graph.memory_limit_bytes == b.graph.memory_limit_bytes &&
         a.search.state_limit == b.search.state_limit && a.search.traffic_slack == b.search.traffic_slack &&
         a.confirm.cycles_tolerance == b.confirm.cycles_tolerance;
}

}  // namespace fusesim
