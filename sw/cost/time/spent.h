#pragma once

#include <cstdint>

#include "fusesim/cost/params.h"
#include "time/array_time.h"

namespace fusesim {

/// Work and transfers of a group, added up: what its energy is made of. A sum past 64 bits throws RangeError.
struct Spent {
  int64_t array_cycles = 0;   ///< of the array alone
  int64_t vector_cycles = 0;  ///< of the vector unit alone
  int64_t port_cycles = 0;    ///< in which a unit waited for a port of the buffer
  int64_t macs = 0;
  int64_t vector_ops = 0;
  int64_t read_bytes = 0;   ///< on-chip buffer, units and DMA
  int64_t write_bytes = 0;  ///< on-chip buffer, units and DMA
  double read_bursts = 0;
  double write_bursts = 0;
  double activates = 0;
  double dram_cycles = 0;  ///< data bus and what it loses, accelerator clock
  double dram_closed = 0;  ///< a rank had no open row, mean of all ranks, accelerator clock

  void add_array(const BlockTime& block, int64_t block_macs, int64_t times = 1);
  void add_vector(const BlockTime& block, int64_t ops, int64_t times = 1);
  /// Between the buffer and DRAM.
  void add_moved(int64_t bytes, int64_t times, bool into_buffer);
  void add(const Spent& other, int64_t times);
};

/// What a rank draws at least, whatever state it is in.
double least_standby_mw(const EnergyConfig& energy);
/// Refreshes of whole ranks in so many cycles, on average over where they begin; those of less than a rank
/// count as parts of one.
double rank_refreshes(const MachineParams& machine, double cycles);
/// F_E in picojoule of a group that takes so many cycles.
double energy_pj(const MachineParams& machine, const Spent& spent, int64_t cycles);

}  // namespace fusesim
