#include "fusesim/cost/work_floor.h"

#include <algorithm>

#include "fusesim/base/checked.h"

namespace fusesim {

CostFloor WorkFloor::costs(int64_t dram_bytes, const OpWork& work) const {
  const int64_t compute = units_in_turn ? work.array_cycles + work.vector_cycles
                                        : std::max(work.array_cycles, work.vector_cycles);
  const auto bytes = static_cast<double>(dram_bytes);
  CostFloor floor;
  floor.dram_bytes = dram_bytes;
  floor.cycles = std::max(compute, checked_floor(bytes * cycles_per_byte, "cycles"));
  const double moved_pj = bytes * pj_per_byte + static_cast<double>(floor.cycles) * pj_per_cycle;
  floor.energy_pj = checked_add(work.energy_pj, checked_floor(moved_pj, "picojoules"), "picojoules");
  return floor;
}

}  // namespace fusesim
