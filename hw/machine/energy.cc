#include "energy.h"

namespace fusesim::hw {

EnergyParts energy_of(const Config& config, const GroupResult& group) {
  const EnergyConfig& e = config.energy;
  const auto times = [](int64_t count, double pj) { return static_cast<double>(count) * pj; };
  const double ms = static_cast<double>(group.cycles.total) / static_cast<double>(config.clock_khz);
  constexpr double kPjPerMwMs = 1e6;
  const double ranks = static_cast<double>(config.dram.channels * config.dram.ranks);

  EnergyParts parts;
  parts.array_pj = times(group.macs, e.mac_pj);
  parts.vector_pj = times(group.vector_ops, e.vector_op_pj);
  parts.buffer_pj = times(group.buffer_read_bytes, config.buffer_read_byte_pj()) +
                    times(group.buffer_write_bytes, config.buffer_write_byte_pj());
  parts.dram_pj = times(group.dram.activates, e.dram_activate_pj) +
                  times(group.dram.reads, e.dram_read_burst_pj) +
                  times(group.dram.writes, e.dram_write_burst_pj);
  parts.dram_background_pj =
      times(group.dram.refreshes, e.dram_refresh_pj) + ranks * e.dram_background_mw * ms * kPjPerMwMs;
  parts.static_pj = e.static_mw * ms * kPjPerMwMs;
  return parts;
}

}  // namespace fusesim::hw
