#include "fusesim/hw/counters.h"

namespace fusesim {

DramCounts& DramCounts::operator+=(const DramCounts& o) {
  bus_bytes += o.bus_bytes;
  reads += o.reads;
  writes += o.writes;
  activates += o.activates;
  precharges += o.precharges;
  row_hits += o.row_hits;
  refreshes += o.refreshes;
  busy_cycles += o.busy_cycles;
  active_cycles += o.active_cycles;
  active_power_down_cycles += o.active_power_down_cycles;
  precharged_power_down_cycles += o.precharged_power_down_cycles;
  return *this;
}

DramCounts& DramCounts::operator*=(int64_t times) {
  for (int64_t* count :
       {&bus_bytes, &reads, &writes, &activates, &precharges, &row_hits, &refreshes, &busy_cycles,
        &active_cycles, &active_power_down_cycles, &precharged_power_down_cycles})
    *count *= times;
  return *this;
}

DramCounts& DramCounts::operator-=(const DramCounts& o) {
  bus_bytes -= o.bus_bytes;
  reads -= o.reads;
  writes -= o.writes;
  activates -= o.activates;
  precharges -= o.precharges;
  row_hits -= o.row_hits;
  refreshes -= o.refreshes;
  busy_cycles -= o.busy_cycles;
  active_cycles -= o.active_cycles;
  active_power_down_cycles -= o.active_power_down_cycles;
  precharged_power_down_cycles -= o.precharged_power_down_cycles;
  return *this;
}

CycleCounts& CycleCounts::operator+=(const CycleCounts& o) {
  total += o.total;
  pe_busy += o.pe_busy;
  vector_busy += o.vector_busy;
  dram_busy += o.dram_busy;
  stall += o.stall;
  port_bound += o.port_bound;
  return *this;
}

EnergyParts& EnergyParts::operator+=(const EnergyParts& o) {
  array_pj += o.array_pj;
  vector_pj += o.vector_pj;
  buffer_pj += o.buffer_pj;
  dram_pj += o.dram_pj;
  dram_background_pj += o.dram_background_pj;
  static_pj += o.static_pj;
  return *this;
}

}  // namespace fusesim
