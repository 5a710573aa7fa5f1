#include "time/spent.h"

namespace fusesim {

void Spent::add_array(const BlockTime& block, int64_t block_macs, int64_t times) {
  array_cycles += block.unit_cycles * times;
  port_cycles += (block.cycles - block.unit_cycles) * times;
  macs += block_macs * times;
  read_bytes += block.read_bytes * times;
  write_bytes += block.write_bytes * times;
}

void Spent::add_vector(const BlockTime& block, int64_t ops, int64_t times) {
  vector_cycles += block.unit_cycles * times;
  port_cycles += (block.cycles - block.unit_cycles) * times;
  vector_ops += ops * times;
  read_bytes += block.read_bytes * times;
  write_bytes += block.write_bytes * times;
}

void Spent::add(const Spent& other, int64_t times) {
  array_cycles += other.array_cycles * times;
  vector_cycles += other.vector_cycles * times;
  port_cycles += other.port_cycles * times;
  macs += other.macs * times;
  vector_ops += other.vector_ops * times;
  read_bytes += other.read_bytes * times;
  write_bytes += other.write_bytes * times;
  const auto factor = static_cast<double>(times);
  read_bursts += other.read_bursts * factor;
  write_bursts += other.write_bursts * factor;
  activates += other.activates * factor;
  dram_cycles += other.dram_cycles * factor;
}

double energy_pj(const MachineParams& machine, const Spent& spent, int64_t cycles) {
  const EnergyConfig& e = machine.energy;
  const double seconds = static_cast<double>(cycles) / (static_cast<double>(machine.clock_khz) * 1e3);
  const auto ranks = static_cast<double>(machine.dram.channels * machine.dram.ranks);
  const double refreshes = ranks * seconds * static_cast<double>(machine.dram.clock_khz) * 1e3 /
                           static_cast<double>(machine.dram.refi);
  constexpr double kPjPerMwSecond = 1e9;
  return static_cast<double>(spent.macs) * e.mac_pj + static_cast<double>(spent.vector_ops) * e.vector_op_pj +
         static_cast<double>(spent.read_bytes) * machine.buffer_read_byte_pj +
         static_cast<double>(spent.write_bytes) * machine.buffer_write_byte_pj +
         spent.read_bursts * e.dram_read_burst_pj + spent.write_bursts * e.dram_write_burst_pj +
         spent.activates * e.dram_activate_pj + refreshes * e.dram_refresh_pj +
         (ranks * e.dram_background_mw + e.static_mw) * seconds * kPjPerMwSecond;
}

}  // namespace fusesim
