#pragma once

#include <cstdint>

#include "dram/burst_window.h"
#include "dram/command.h"
#include "dram/timing.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

/// The next command of a channel and its first clock.
struct Decision {
  /// When a command may go, and which of one cycle goes first.
  struct Turn {
    int64_t cycle = kNever;
    int64_t order = 0;
    bool operator<(const Turn& o) const { return cycle != o.cycle ? cycle < o.cycle : order < o.order; }
  };

  Turn turn;
  CommandKind kind = CommandKind::activate;
  int32_t bank = BurstWindow::kNone;   ///< of the channel; of a refresh unit's duty its first bank
  int32_t entry = BurstWindow::kNone;  ///< the burst that the command serves; none: a refresh unit's duty
};

/// From which cycle on the command pins are free. Without a row bus both are the same.
struct CommandPins {
  int64_t row = 0;
  int64_t column = 0;
};

/// Who goes first. Of the commands that are legal in the earliest cycle: refresh duties, then reads and
/// writes to open rows (oldest first), then activates and precharges for the burst of a bank that goes first.
/// Because a turnaround delays the other direction, bursts of one direction go on as long as there are any
/// that hit. A refresh unit that is due gets no other command until it is refreshed.
///
/// FR-FCFS: in a bank row hits go first, then the oldest; a cap limits how many hits overtake it. FCFS:
/// bursts go in the order of arrival, rows are opened ahead. A burst that four window depths of younger ones
/// have overtaken is preferred: nothing that would delay its next command goes any more, the rest does.
/// Writes that drain have a queue of their own: they wait until they fill most of it, or until no read has
/// come for as long as it takes to read from another row.
class Scheduler {
 public:
  /// `window` and `banks` must outlive it.
  Scheduler(const BurstWindow& window, const BankStates& banks, const DramConfig& config);

  void reset();
  /// The next command, not before the pins are free.
  Decision choose(const CommandPins& free);
  /// A burst of the window goes in a cycle; call before it is removed.
  void served(int32_t entry, int64_t cycle) {
    overtaken_ = entry == window_.oldest() ? 0 : overtaken_ + 1;
    if (!window_.entry(entry).write) writes_wait_until_ = cycle + patience_;
  }
  /// Clocks that a command takes on the pins.
  int64_t clocks(CommandKind kind) const { return clocks_[static_cast<size_t>(kind)]; }
  bool on_row_pins(CommandKind kind) const;

 private:
  Decision first_plain(int64_t free) const;
  Decision first_of_all(const CommandPins& pins);
  int32_t first_of(int32_t bank) const;
  CommandKind kind_for(const BurstWindow::Entry& entry) const;
  Decision command_for(int32_t entry, const CommandPins& free) const;
  /// Its refresh unit is due before a command that ends in a cycle.
  bool must_refresh_first(int32_t bank, int64_t ends) const;
  bool delays(const Decision& other, const Decision& preferred) const;
  void prefer_refresh(Decision& best, const CommandPins& free) const;
  void choose_direction();

  const BurstWindow& window_;
  const BankStates& banks_;
  Scheduling scheduling_;
  WriteDrain write_drain_;
  bool plain_ = false;  // see first_plain
  bool open_page_, row_bus_, one_bank_refreshes_;
  int64_t hit_cap_;
  int64_t starvation_limit_;
  int64_t drain_from_, drain_to_;  // writes in their queue
  int64_t clocks_[kCommandKinds] = {};
  int64_t overtaken_ = 0;  // younger bursts that went before the oldest
  bool draining_ = false;
  bool writes_go_ = false;
  int64_t patience_;               // of writes with reads that may still come
  int64_t writes_wait_until_ = 0;  // unless they drain
};

}  // namespace fusesim::hw
