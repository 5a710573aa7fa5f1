#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// The machine's units as time and energy need them; defaults: the built-in machine.
struct MachineParams {
  PeArrayConfig pe;
  VectorUnitConfig vector_unit;
  DmaConfig dma;
  DramPart dram;
  EnergyConfig energy;
  int64_t clock_khz = 1'000'000;
  int64_t weight_load_cycles = 32;  ///< L: a whole array of weights enters
  int64_t read_port_bytes = 192;    ///< per cycle, buffer to units
  int64_t write_port_bytes = 128;   ///< per cycle, units to buffer
  int64_t buffer_banks = 2;
  double buffer_read_byte_pj = sram_byte_pj(BufferConfig{}.capacity_bytes);
  double buffer_write_byte_pj = sram_byte_pj(BufferConfig{}.capacity_bytes);
};
MachineParams machine_params(const Config& config);

/// Where the maps of a group are strips of wider ones (doc/design.md, section 6.9).
struct StripParams {
  const Graph* whole = nullptr;  ///< with the maps as they lie in DRAM; null: no strips
  bool weights_here = false;     ///< weights that stay for the whole group are on chip
};

/// What the cost models need of a configuration.
struct CostParams {
  Datatypes datatypes;
  int64_t pe_rows = 32;
  std::vector<int64_t> slice_channels = {32, 16, 8};
  int64_t prefetch_rows = 0;
  MachineParams machine;
  DoubleBuffer double_buffer = DoubleBuffer::none;  ///< of brr groups
  StripParams strip = {};
};
CostParams cost_params(const Config& config);

/// F_beta of a group that no buffer can hold, and the cost of one that does not fit.
inline constexpr int64_t kNeverFits = std::numeric_limits<int64_t>::max();

}  // namespace fusesim
