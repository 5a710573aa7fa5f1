#include "time/spent.h"

#include <algorithm>

#include "fusesim/base/checked.h"
#include "time/dram_time.h"

namespace fusesim {

namespace {

void add_times(int64_t& sum, int64_t each, int64_t times, const char* what) {
  sum = checked_add(sum, checked_mul(each, times, what), what);
}

}  // namespace

void Spent::add_array(const BlockTime& block, int64_t block_macs, int64_t times) {
  add_times(array_cycles, block.unit_cycles, times, "cycles of the array");
  add_times(port_cycles, block.cycles - block.unit_cycles, times, "cycles that wait for the buffer's ports");
  add_times(macs, block_macs, times, "multiply-accumulates");
  add_times(read_bytes, block.read_bytes, times, "bytes read from the buffer");
  add_times(write_bytes, block.write_bytes, times, "bytes written to the buffer");
}

void Spent::add_vector(const BlockTime& block, int64_t ops, int64_t times) {
  add_times(vector_cycles, block.unit_cycles, times, "cycles of the vector unit");
  add_times(port_cycles, block.cycles - block.unit_cycles, times, "cycles that wait for the buffer's ports");
  add_times(vector_ops, ops, times, "elementwise operations");
  add_times(read_bytes, block.read_bytes, times, "bytes read from the buffer");
  add_times(write_bytes, block.write_bytes, times, "bytes written to the buffer");
}

void Spent::add_moved(int64_t bytes, int64_t times, bool into_buffer) {
  add_times(into_buffer ? write_bytes : read_bytes, bytes, times, "bytes between buffer and DRAM");
}

void Spent::add(const Spent& other, int64_t times) {
  add_times(array_cycles, other.array_cycles, times, "cycles of the array");
  add_times(vector_cycles, other.vector_cycles, times, "cycles of the vector unit");
  add_times(port_cycles, other.port_cycles, times, "cycles that wait for the buffer's ports");
  add_times(macs, other.macs, times, "multiply-accumulates");
  add_times(vector_ops, other.vector_ops, times, "elementwise operations");
  add_times(read_bytes, other.read_bytes, times, "bytes read from the buffer");
  add_times(write_bytes, other.write_bytes, times, "bytes written to the buffer");
  const auto factor = static_cast<double>(times);
  read_bursts += other.read_bursts * factor;
  write_bursts += other.write_bursts * factor;
  activates += other.activates * factor;
  dram_cycles += other.dram_cycles * factor;
  dram_closed += other.dram_closed * factor;
}

double least_standby_mw(const EnergyConfig& e) {
  const double precharged = e.dram_precharged_mw.value_or(e.dram_background_mw);
  return std::min({e.dram_background_mw, precharged, e.dram_power_down_mw.value_or(e.dram_background_mw),
                   e.dram_power_down_precharged_mw.value_or(precharged)});
}

namespace {

/// Share of the time in which a rank has no open row: at least while it is refreshed, and with closed pages
/// between the rows that are opened.
double precharged_share(const MachineParams& machine, const Spent& spent, double cycles) {
  const DramPart& d = machine.dram;
  if (cycles <= 0) return 0;
  const double refreshed =
      d.refresh == RefreshMode::all_bank
          ? static_cast<double>(d.rfc + d.precharge_all_time()) / static_cast<double>(d.refi)
          : 0.0;
  const double closed = std::min(1.0, std::max(refreshed, spent.dram_closed / cycles));
  if (d.open_page) return closed;
  const double dram_cycles =
      cycles * static_cast<double>(d.clock_khz) / static_cast<double>(machine.clock_khz);
  // Rows of the groups that a stream takes in turn are open together, as long as its bursts take.
  const double rows = spent.activates / (groups_in_turn(d) ? static_cast<double>(d.bank_groups) : 1.0);
  const double bursts = (spent.read_bursts + spent.write_bursts) * stream_clocks(d);
  const double open =
      std::max(rows * static_cast<double>(d.ras), rows * static_cast<double>(d.rcd + d.rtp) + bursts) /
      (dram_cycles * static_cast<double>(d.channels * d.ranks));
  return std::max(closed, 1.0 - std::min(1.0, open));
}

/// Share of a pause in which a channel is awake because of refreshes: each wakes it.
double woken_share(const DramPart& d) {
  const int64_t blocked = d.refresh == RefreshMode::all_bank ? d.rfc : d.rfc_bank;
  const int64_t awake = (blocked + d.power_down_after + d.xp) * d.ranks * d.refreshes_per_rank();
  return std::min(1.0, static_cast<double>(awake) / static_cast<double>(d.refi));
}

/// Mean power of a rank in standby. It is powered down while nothing moves, but for refreshes.
double standby_mw(const MachineParams& machine, const Spent& spent, double cycles) {
  const EnergyConfig& e = machine.energy;
  const DramPart& d = machine.dram;
  const double closed = precharged_share(machine, spent, cycles);
  const double closed_mw = e.dram_precharged_mw.value_or(e.dram_background_mw);
  const double up = (1.0 - closed) * e.dram_background_mw + closed * closed_mw;
  if (d.power_down_after == 0 || cycles <= 0) return up;
  const double down = (1.0 - closed) * e.dram_power_down_mw.value_or(e.dram_background_mw) +
                      closed * e.dram_power_down_precharged_mw.value_or(closed_mw);
  const double asleep = std::max(0.0, 1.0 - spent.dram_cycles / cycles) * (1.0 - woken_share(d));
  return (1.0 - asleep) * up + asleep * down;
}

}  // namespace

double rank_refreshes(const MachineParams& machine, double cycles) {
  const DramPart& d = machine.dram;
  const double dram_cycles =
      cycles * static_cast<double>(d.clock_khz) / static_cast<double>(machine.clock_khz);
  return dram_cycles * static_cast<double>(d.channels * d.ranks) / static_cast<double>(d.refi);
}

double energy_pj(const MachineParams& machine, const Spent& spent, int64_t cycles) {
  const EnergyConfig& e = machine.energy;
  const double seconds = static_cast<double>(cycles) / (static_cast<double>(machine.clock_khz) * 1e3);
  const auto ranks = static_cast<double>(machine.dram.channels * machine.dram.ranks);
  constexpr double kPjPerMwSecond = 1e9;
  const double standby = ranks * standby_mw(machine, spent, static_cast<double>(cycles));
  return static_cast<double>(spent.macs) * e.mac_pj + static_cast<double>(spent.vector_ops) * e.vector_op_pj +
         static_cast<double>(spent.read_bytes) * machine.buffer_read_byte_pj +
         static_cast<double>(spent.write_bytes) * machine.buffer_write_byte_pj +
         spent.read_bursts * e.dram_read_burst_pj + spent.write_bursts * e.dram_write_burst_pj +
         spent.activates * e.dram_activate_pj +
         rank_refreshes(machine, static_cast<double>(cycles)) * e.dram_refresh_pj +
         (standby + e.static_mw) * seconds * kPjPerMwSecond;
}

}  // namespace fusesim
