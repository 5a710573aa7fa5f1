#pragma once

#include <cstdint>
#include <map>

namespace fusesim {

/// What the DRAM saw. Counts at the pins; payload excludes the unused part of a burst.
struct DramCounts {
  int64_t bus_bytes = 0;  ///< whole bursts
  int64_t reads = 0;      ///< bursts
  int64_t writes = 0;     ///< bursts
  int64_t activates = 0;
  int64_t precharges = 0;
  int64_t row_hits = 0;  ///< bursts that found their row open
  int64_t refreshes = 0;
  int64_t busy_cycles = 0;  ///< data-bus cycles, DRAM clock, summed over channels
  // DRAM clock, summed over ranks.
  int64_t active_cycles = 0;                 ///< a row was open
  int64_t active_power_down_cycles = 0;      ///< of them, powered down
  int64_t precharged_power_down_cycles = 0;  ///< powered down without an open row
  DramCounts& operator+=(const DramCounts& o);
  DramCounts& operator-=(const DramCounts& o);
  DramCounts& operator*=(int64_t times);
};

/// Cycles in accelerator clock.
struct CycleCounts {
  int64_t total = 0;
  int64_t pe_busy = 0;      ///< PE array occupied
  int64_t vector_busy = 0;  ///< vector unit occupied
  int64_t dram_busy = 0;    ///< at least one transfer outstanding
  int64_t stall = 0;        ///< neither PE array nor vector unit occupied
  int64_t port_bound = 0;   ///< of pe_busy and vector_busy: waited for the on-chip buffer's ports
  CycleCounts& operator+=(const CycleCounts& o);
};

/// Work of the compute units for one op.
struct DoneWork {
  int64_t macs = 0;
  int64_t vector_ops = 0;
};

/// Work of the compute units and what it moves between them and the on-chip buffer.
struct WorkCounts {
  int64_t macs = 0;
  int64_t vector_ops = 0;
  int64_t buffer_read_bytes = 0;
  int64_t buffer_write_bytes = 0;
  std::map<int32_t, DoneWork> ops;  ///< macs and vector_ops by op
};

/// Where the energy of a group or a run goes, pJ.
struct EnergyParts {
  double array_pj = 0.0;            ///< multiply-accumulates
  double vector_pj = 0.0;           ///< elementwise operations
  double buffer_pj = 0.0;           ///< bytes read from and written to the on-chip buffer
  double dram_pj = 0.0;             ///< activates, read and write bursts
  double dram_background_pj = 0.0;  ///< refreshes, and being powered as long as it takes
  double static_pj = 0.0;           ///< the accelerator, as long as it takes
  double total_pj() const {
    return array_pj + vector_pj + buffer_pj + dram_pj + dram_background_pj + static_pj;
  }
  EnergyParts& operator+=(const EnergyParts& o);
};

}  // namespace fusesim
