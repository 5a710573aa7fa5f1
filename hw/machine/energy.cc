#include "energy.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

constexpr double kPjPerMwMs = 1e6;

/// Refreshes, and standby of every rank by what it holds: an open row or none, powered down or not.
double dram_background_pj(const Config& config, const DramCounts& dram, double ms) {
  const EnergyConfig& e = config.energy;
  const DramConfig& part = config.dram;
  const double ranks = static_cast<double>(part.channels * part.ranks);
  const auto dram_ms = [&part](int64_t cycles) {
    return static_cast<double>(cycles) / static_cast<double>(part.clock_khz);
  };
  const double active = dram_ms(dram.active_cycles);
  const double active_down = dram_ms(dram.active_power_down_cycles);
  const double precharged_down = dram_ms(dram.precharged_power_down_cycles);
  const double precharged = std::max(0.0, ranks * ms - active);
  const double precharged_mw = e.dram_precharged_mw.value_or(e.dram_background_mw);
  const double mw_ms = (active - active_down) * e.dram_background_mw +
                       active_down * e.dram_power_down_mw.value_or(e.dram_background_mw) +
                       (precharged - precharged_down) * precharged_mw +
                       precharged_down * e.dram_power_down_precharged_mw.value_or(precharged_mw);
  const double refreshes =
      static_cast<double>(dram.refreshes) / static_cast<double>(part.refreshes_per_rank());
  return refreshes * e.dram_refresh_pj + mw_ms * kPjPerMwMs;
}

}  // namespace

EnergyParts energy_of(const Config& config, const GroupResult& group) {
  const EnergyConfig& e = config.energy;
  const auto times = [](int64_t count, double pj) { return static_cast<double>(count) * pj; };
  const double ms = static_cast<double>(group.cycles.total) / static_cast<double>(config.clock_khz);

  EnergyParts parts;
  parts.array_pj = times(group.macs, e.mac_pj);
  parts.vector_pj = times(group.vector_ops, e.vector_op_pj);
  parts.buffer_pj = times(group.buffer_read_bytes, config.buffer_read_byte_pj()) +
                    times(group.buffer_write_bytes, config.buffer_write_byte_pj());
  parts.dram_pj = times(group.dram.activates, e.dram_activate_pj) +
                  times(group.dram.reads, e.dram_read_burst_pj) +
                  times(group.dram.writes, e.dram_write_burst_pj);
  parts.dram_background_pj = dram_background_pj(config, group.dram, ms);
  parts.static_pj = e.static_mw * ms * kPjPerMwMs;
  return parts;
}

}  // namespace fusesim::hw
