#pragma once

#include <cstdint>

#include "dram/burst_window.h"
#include "dram/command.h"
#include "dram/timing.h"

namespace fusesim::hw {

/// The next command of a channel and its cycle.
struct Decision {
  /// When a command may go, and which of one cycle goes first.
  struct Turn {
    int64_t cycle = kNever;
    int64_t order = 0;
    bool operator<(const Turn& o) const { return cycle != o.cycle ? cycle < o.cycle : order < o.order; }
  };

  Turn turn;
  int32_t bank = BurstWindow::kNone;   ///< of the channel; of a rank's duty its first bank
  int32_t entry = BurstWindow::kNone;  ///< the burst that the command serves; none: a rank's duty
};

/// Who goes first, FR-FCFS: of the commands that are legal in the earliest cycle, refresh duties, then reads
/// and writes to open rows (oldest first), then activates and precharges for the oldest burst of a bank.
/// Because a turnaround delays the other direction, bursts of one direction go on as long as there are any
/// that hit. A burst that four window depths of younger ones have overtaken goes first. A rank that is due
/// for refresh gets no other command until it is refreshed.
class Scheduler {
 public:
  /// `window` and `banks` must outlive it.
  Scheduler(const BurstWindow& window, const BankStates& banks, int64_t depth);

  void reset() { overtaken_ = 0; }
  /// The next command in the cycles from `floor` on.
  Decision choose(int64_t floor) const;
  /// A burst of the window goes; call before it is removed.
  void served(int32_t entry) { overtaken_ = entry == window_.oldest() ? 0 : overtaken_ + 1; }

 private:
  Decision::Turn turn_of(int32_t entry, int64_t floor) const;
  void prefer_refresh(Decision& best, int64_t floor) const;

  const BurstWindow& window_;
  const BankStates& banks_;
  int64_t starvation_limit_;
  int64_t overtaken_ = 0;  // younger bursts that went before the oldest
};

}  // namespace fusesim::hw
