#include "time/group_time.h"

#include <cmath>

namespace fusesim {

PredictedTime predicted_time(const MachineParams& machine, const GroupTime& time) {
  PredictedTime out;
  out.cycles = time.cycles;
  out.energy_pj = std::llround(energy_pj(machine, time.spent, time.cycles));
  out.array_cycles = time.spent.array_cycles;
  out.vector_cycles = time.spent.vector_cycles;
  out.port_cycles = time.spent.port_cycles;
  out.dram_cycles = std::llround(time.spent.dram_cycles);
  out.macs = time.spent.macs;
  return out;
}

}  // namespace fusesim
