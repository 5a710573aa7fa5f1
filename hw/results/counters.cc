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
  return *this;
}

CycleCounts& CycleCounts::operator+=(const CycleCounts& o) {
  total += o.total;
  pe_busy += o.pe_busy;
  vector_busy += o.vector_busy;
  dram_busy += o.dram_busy;
  stall += o.stall;
  return *this;
}

}  // namespace fusesim
