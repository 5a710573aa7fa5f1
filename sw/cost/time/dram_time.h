#pragma once

#include <cstdint>

#include "fusesim/cost/params.h"
#include "time/spent.h"

namespace fusesim {

/// Contiguous pieces of equal length that move as one transfer: rows, or slices of rows.
struct Pieces {
  int64_t count = 0;
  int64_t bytes = 0;  ///< of each
  /// Every piece starts at a multiple of this from the start of its tensor, which is aligned to bursts.
  int64_t grid_bytes = 1;
};

/// Time of transfers at the DRAM's peak rate, and what comes on top: whole bursts, refresh, rows that have to
/// be opened, turnaround of the bus, the set-up of the DMA. In cycles of the accelerator.
class DramTime {
 public:
  explicit DramTime(const MachineParams& machine);

  /// Bursts that so many pieces touch on average over the places where they may lie.
  double bursts(const Pieces& pieces) const;
  /// The data bus is taken for so long.
  double bus_cycles(double bursts) const { return bursts * burst_cycles_; }
  /// From the request of a transfer to its first data on a quiet bus, and from the last data to its end.
  double latency_cycles() const { return latency_cycles_; }
  double setup_cycles() const { return setup_cycles_; }
  double turnaround_cycles(bool to_write) const { return to_write ? to_write_cycles_ : to_read_cycles_; }
  /// A whole transfer on a quiet bus.
  double transfer_cycles(const Pieces& pieces) const;
  /// No transfer of so many bytes takes less.
  int64_t least_cycles(int64_t bytes) const;

  /// Rows that a stream finds closed in the bank groups that it takes in turn, after so many other streams.
  double rows_reopened(int64_t other_streams) const;

  void add_reads(const Pieces& pieces, int64_t times, Spent& spent) const;
  void add_writes(const Pieces& pieces, int64_t times, Spent& spent) const;

 private:
  double activates(double bursts) const { return bursts / row_bursts_; }

  int64_t burst_bytes_;
  double row_bursts_;
  double bank_groups_, banks_;
  double burst_cycles_;        ///< with the share that refresh takes
  double least_burst_cycles_;  ///< without
  double latency_cycles_;
  double setup_cycles_;
  double to_write_cycles_, to_read_cycles_;
};

}  // namespace fusesim
