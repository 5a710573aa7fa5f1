#include "fusesim/cost/params.h"

#include <algorithm>

namespace fusesim {

MachineParams machine_params(const Config& config) {
  MachineParams m;
  m.pe = config.pe;
  m.vector_unit = config.vector_unit;
  m.dma = config.dma;
  m.dram = config.dram;
  m.energy = config.energy;
  m.clock_khz = config.clock_khz;
  m.weight_load_cycles = config.pe.weight_load_cycles(config.datatypes);
  m.read_port_bytes = config.buffer_read_port_bytes();
  m.write_port_bytes = config.buffer_write_port_bytes();
  m.buffer_banks = config.buffer.banks;
  m.buffer_read_byte_pj = config.buffer_read_byte_pj();
  m.buffer_write_byte_pj = config.buffer_write_byte_pj();
  return m;
}

CostParams cost_params(const Config& config) {
  CostParams p;
  p.datatypes = config.datatypes;
  p.pe_rows = config.pe.rows;
  p.slice_channels = config.brr.slice_channels;
  if (p.slice_channels.empty()) {
    for (const int64_t divisor : {1, 2, 4}) {
      const int64_t g = std::max<int64_t>(1, config.pe.columns / divisor);
      if (p.slice_channels.empty() || p.slice_channels.back() != g) p.slice_channels.push_back(g);
    }
  }
  p.prefetch_rows = config.lbdf.prefetch_rows;
  p.machine = machine_params(config);
  p.double_buffer = config.brr.double_buffer;
  return p;
}

}  // namespace fusesim
