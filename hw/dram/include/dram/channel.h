#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "dram/address_map.h"
#include "dram/command.h"
#include "dram/timing.h"
#include "fusesim/config/config.h"
#include "fusesim/hw/counters.h"

namespace fusesim::hw {

/// One channel: a queue of bursts and the FR-FCFS scheduler over its oldest `queue_depth` bursts.
///
/// Each cycle carries at most one command, the first legal one in this order: refresh duties, reads and
/// writes to open rows (oldest first), then activates and precharges for the oldest burst of a bank. Because
/// a turnaround delays the other direction, bursts of one direction go on as long as there are any that hit.
/// A burst that `starvation_limit` younger ones have overtaken goes first. A rank that is due for refresh
/// gets no other command until it is refreshed.
class Channel {
 public:
  /// A part of a piece that has ended on this channel.
  struct PartEnd {
    int32_t ticket = 0;
    int64_t cycle = 0;
  };

  Channel(const DramConfig& config, const AddressMap& map, int64_t index);

  void reset();
  /// Bursts [first, first + count) of this channel, to be scheduled in the cycles that are not decided yet.
  void push(int32_t ticket, int64_t first, int64_t count, bool write);
  /// Issues all commands at cycles <= `cycle`.
  void run_until(int64_t cycle);
  /// A cycle not later than the next end of a part; kNever without waiting bursts.
  int64_t earliest_end();

  std::vector<PartEnd>& ended() { return ended_; }
  int64_t waiting_bursts() const { return waiting_; }
  const DramCounts& counts() const { return counts_; }
  void observe(CommandObserver* observer) { observer_ = observer; }

 private:
  static constexpr int32_t kNone = -1;
  /// A burst in the scheduler's window.
  struct Entry {
    int64_t age = 0;  // order of arrival
    int64_t row = 0;
    int32_t ticket = 0;
    int32_t bank = 0;
    bool write = false;
    int32_t older = kNone, newer = kNone;            // in the window
    int32_t bank_older = kNone, bank_newer = kNone;  // among those of its bank
  };
  struct BankQueue {
    int32_t oldest = kNone, newest = kNone;
    int32_t hit = kNone;        // oldest entry for the open row
    int32_t active_at = kNone;  // place in active_
    bool fresh = false;         // activated, no burst yet
  };
  /// Bursts that wait behind the window.
  struct Run {
    int32_t ticket = 0;
    bool write = false;
    int64_t next = 0, left = 0;
  };
  /// When a command may go, and which of one cycle goes first.
  struct Turn {
    int64_t cycle = kNever;
    int64_t order = 0;
    bool operator<(const Turn& o) const { return cycle != o.cycle ? cycle < o.cycle : order < o.order; }
  };
  struct Decision {
    Turn turn;
    int32_t bank = kNone;   // of the channel; of a rank's duty its first bank
    int32_t entry = kNone;  // none: a rank's duty
  };

  Decision choose() const;
  Turn turn_of(int32_t entry) const;
  void prefer_refresh(Decision& best) const;
  CommandKind kind_of(const Decision& decision) const;
  void issue(const Decision& decision);
  void issue_burst(const Decision& decision, CommandKind kind);
  bool closes_after(int32_t entry) const;
  void refill();
  void insert(const Run& run);
  void remove(int32_t entry);
  int32_t next_hit(int32_t from, int64_t row) const;
  void report(const Decision& decision, CommandKind kind);

  AddressMap map_;
  Timing timing_;
  BankStates banks_;
  int64_t index_;
  int64_t queue_depth_;
  int64_t starvation_limit_;
  bool open_page_;
  CommandObserver* observer_ = nullptr;

  std::vector<Entry> entries_;
  std::vector<int32_t> free_entries_;
  std::vector<BankQueue> queues_;
  std::vector<int32_t> active_;  // banks with entries
  std::deque<Run> backlog_;
  std::vector<int64_t> left_;  // bursts of a ticket that wait here
  int32_t oldest_ = kNone, newest_ = kNone;
  int64_t next_age_ = 0;
  int64_t overtaken_ = 0;  // younger bursts that went before oldest_
  int64_t floor_ = 0;      // first cycle that is not decided yet
  int64_t waiting_ = 0;
  bool decided_ = false;  // next_ holds
  Decision next_;
  DramCounts counts_;
  std::vector<PartEnd> ended_;
};

}  // namespace fusesim::hw
