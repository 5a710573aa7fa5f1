#pragma once

#include <cstdint>

#include "fusesim/cost/params.h"
#include "time/spent.h"

namespace fusesim {

/// Consecutive bursts of a channel take the bank groups in turn: these lie below the columns in the address
/// map.
bool groups_in_turn(const DramPart& dram);
/// Clocks between bursts of a stream on one channel; groups in turn are bound by tCCD_S.
double stream_clocks(const DramPart& dram);

/// Contiguous pieces of equal length that move as one transfer: rows, or slices of rows.
struct Pieces {
  int64_t count = 0;
  int64_t bytes = 0;  ///< of each
  /// Every piece starts at a multiple of this from the start of its tensor, which is aligned to bursts.
  int64_t grid_bytes = 1;
  /// From the start of one to the start of the next; 0: each begins where the one before ends.
  int64_t stride_bytes = 0;
};
/// `channels` channels of rows of a tensor whose maps are `width` wide in the group, cut into slices. Of maps
/// that are strips every channel of a row is a piece of its own.
Pieces row_pieces(const Graph& graph, const CostParams& params, TensorId id, int64_t rows, int64_t channels,
                  int64_t slice_channels, int64_t width);

/// Time of transfers at the DRAM's peak rate, and what comes on top: whole bursts, refreshes, rows that have
/// to be opened, turnaround of the bus, the set-up of the DMA. In cycles of the accelerator.
class DramTime {
 public:
  explicit DramTime(const MachineParams& machine);

  /// Bursts that so many pieces touch on average over the places where they may lie.
  double bursts(const Pieces& pieces) const;
  /// Bytes of those bursts.
  int64_t burst_bytes(const Pieces& pieces) const;
  /// Of the data bus.
  double peak_burst_cycles() const { return peak_burst_cycles_; }
  /// The data bus is taken for so long, or a burst waits for one that is under way, refreshes aside.
  double bus_cycles(double bursts) const { return bursts * burst_cycles_; }
  /// Of the DRAM's command clock.
  double clock_cycles() const { return clock_cycles_; }
  /// Every so often all ranks are refreshed in turn, and one of them answers nobody for so long.
  double refresh_period() const { return refresh_period_; }
  double refresh_cycles() const { return refresh_cycles_; }
  /// `cycles` of work and transfers in turn, `moving` of them transfers, with what refreshes add: one that
  /// falls into a transfer delays it; of one that falls into a piece of work of `gap` cycles, what is left
  /// when the work is done does.
  double refreshed(double cycles, double moving, double gap) const;
  /// Cycles in which a rank has no open row, on average: of a pause between transfers, what is left of it
  /// after a refresh; while transfers move, the refreshes.
  double closed_in_pause(double cycles) const;
  double closed_while_moving(double cycles) const;
  /// From the command of a burst in an open row to its data.
  double latency_cycles(bool writes = false) const { return writes ? write_latency_ : latency_cycles_; }
  double setup_cycles() const { return setup_cycles_; }
  /// What a transfer sends before the next one has its turn.
  int64_t turn_bursts() const { return turn_bursts_; }
  /// That may be under way at once, of all transfers together; a turn is sent if nothing is under way.
  int64_t window_bursts() const { return window_bursts_; }
  double turnaround_cycles(bool to_write) const { return to_write ? to_write_cycles_ : to_read_cycles_; }
  /// What a burst waits longer where the one before it lies in the same bank group.
  double same_group_cycles() const { return same_group_cycles_; }
  /// A whole transfer on a quiet bus.
  double transfer_cycles(const Pieces& pieces) const;

  /// From the command that opens a row to the first one of a burst in it; with one to be closed before.
  double open_cycles() const { return open_cycles_; }
  double reopen_cycles() const { return opening_cycles_; }
  /// An open row may not be closed sooner.
  double stay_open_cycles() const { return stay_open_cycles_; }
  /// From the last burst's command until its row may be closed.
  double close_cycles(bool writes) const { return writes ? close_written_ : close_read_; }

  void add_reads(const Pieces& pieces, int64_t times, Spent& spent) const;
  void add_writes(const Pieces& pieces, int64_t times, Spent& spent) const;

 private:
  double activates(const Pieces& pieces) const;
  void set_refreshes(const DramPart& d, double dram_cycle);

  int64_t burst_bytes_;
  double clock_cycles_;
  double row_bursts_;
  double bank_groups_;
  double open_cycles_, opening_cycles_, stay_open_cycles_, close_read_, close_written_;
  double open_bytes_;  ///< that open rows hold side by side
  double peak_burst_cycles_, burst_cycles_;
  int64_t turn_bursts_, window_bursts_;
  double refresh_period_, refresh_cycles_;
  double rank_refresh_period_;  ///< in which every bank of a rank is refreshed once
  bool whole_ranks_;            ///< at once
  double closing_refreshes_;    ///< that close all rows which are open in a pause, evenly over that period
  double latency_cycles_, write_latency_;
  double setup_cycles_;
  double same_group_cycles_;
  double to_write_cycles_, to_read_cycles_;
};

/// Work and transfers may be played in ticks of 1/1024 of a cycle: even if they all came one after another,
/// each burst after everything that can hold it up, and each cycle of the array after a start of it, they
/// would end below 2^52 cycles. RangeError otherwise.
void require_playable(const DramTime& dram, int64_t array_start_cycles, const Spent& spent);

}  // namespace fusesim
