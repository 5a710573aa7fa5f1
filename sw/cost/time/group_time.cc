#include "time/group_time.h"

#include <cmath>

namespace fusesim {

PredictedTime predicted_time(const MachineParams& machine, const GroupTime& time) {
  PredictedTime out;
  out.cycles = time.cycles;
  out.energy_pj = checked_round(energy_pj(machine, time.spent, time.cycles), "picojoules");
  out.array_cycles = time.spent.array_cycles;
  out.vector_cycles = time.spent.vector_cycles;
  out.port_cycles = time.spent.port_cycles;
  out.dram_cycles = checked_round(time.spent.dram_cycles, "cycles of the DRAM");
  out.macs = time.spent.macs;
  return out;
}

void place_refreshes(const MachineParams& machine, int64_t begins, PredictedTime& time) {
  const DramPart& d = machine.dram;
  // Those of a channel come evenly, and all channels' at once.
  const auto at_once = static_cast<double>(d.channels) / static_cast<double>(d.refreshes_per_rank());
  const auto before = [&](int64_t cycles) {
    const double all = rank_refreshes(machine, static_cast<double>(cycles));
    return std::floor(all / at_once) * at_once;
  };
  const double placed = before(begins + time.cycles) - before(begins);
  const double share = rank_refreshes(machine, static_cast<double>(time.cycles));
  time.energy_pj += std::llround((placed - share) * machine.energy.dram_refresh_pj);
}

}  // namespace fusesim
