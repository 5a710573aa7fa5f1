#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "dram/address_map.h"
#include "dram/timing.h"

namespace fusesim::hw {

/// Bursts that wait on one channel. The oldest of them, at most `depth`, lie in a window that a scheduler
/// chooses from (so many reads and so many writes where writes have a queue of their own); per bank it knows
/// the oldest one and the oldest that hits the open row. Those that came later move up as bursts leave.
class BurstWindow {
 public:
  static constexpr int32_t kNone = -1;

  /// A burst in the window.
  struct Entry {
    int64_t age = 0;  ///< order of arrival
    int64_t row = 0;
    int32_t ticket = 0;
    int32_t bank = 0;
    bool write = false;
    int32_t older = kNone, newer = kNone;            ///< in the window
    int32_t bank_older = kNone, bank_newer = kNone;  ///< among those of its bank
  };

  /// `banks` must outlive it: it says which rows are open.
  BurstWindow(const AddressMap& map, const BankStates& banks, int64_t depth, bool write_queue = false);

  void reset();
  /// Bursts [first, first + count) of this channel, all part of a piece named by its ticket.
  void push(int32_t ticket, int64_t first, int64_t count, bool write);
  /// The burst has been served and, if that was its last, closed its row. True if it was the last of its
  /// ticket.
  bool remove(int32_t entry);
  /// A row command has opened or closed rows of the bank.
  void rows_changed(int32_t bank);

  /// All bursts, in the window and behind it.
  int64_t waiting() const { return waiting_; }
  /// The fewest bursts that any ticket waits for; kNever if none does.
  int64_t fewest_left() const;
  const Entry& entry(int32_t i) const { return entries_[static_cast<size_t>(i)]; }
  int32_t oldest() const { return oldest_; }
  /// Writes or reads in the window.
  int64_t count(bool write) const { return counts_[write ? 1 : 0]; }
  /// Banks with bursts in the window.
  const std::vector<int32_t>& active_banks() const { return active_; }
  /// Of such a bank: the oldest burst.
  int32_t oldest_of(int32_t bank) const { return queue(bank).oldest; }
  /// The burst that goes first: the oldest hit, else the oldest. With a cap, the oldest after so many hits
  /// that overtook it.
  int32_t first_of(int32_t bank, int64_t cap) const {
    const BankQueue& mine = queue(bank);
    const bool hit = mine.hit != kNone && (cap == 0 || mine.overtaken < cap);
    return hit ? mine.hit : mine.oldest;
  }
  /// Likewise of its writes or its reads; kNone: there are none.
  int32_t first_of(int32_t bank, int64_t cap, bool write) const;
  /// No other burst in the window is for its row.
  bool only_one_of_its_row(int32_t entry) const;

 private:
  struct BankQueue {
    int32_t oldest = kNone, newest = kNone;
    int32_t hit = kNone;        // oldest entry for the open row
    int32_t active_at = kNone;  // place in active_
    int64_t overtaken = 0;      // bursts that went before the oldest
  };
  /// Bursts that wait behind the window.
  struct Run {
    int32_t ticket = 0;
    bool write = false;
    int64_t next = 0, left = 0;
  };

  Entry& at(int32_t i) { return entries_[static_cast<size_t>(i)]; }
  BankQueue& queue(int32_t bank) { return queues_[static_cast<size_t>(bank)]; }
  const BankQueue& queue(int32_t bank) const { return queues_[static_cast<size_t>(bank)]; }
  void refill();
  void insert(const Run& run);
  int32_t next_hit(int32_t from, int64_t row) const;

  AddressMap map_;
  const BankStates& banks_;
  int64_t most_of_one_direction_;
  std::vector<Entry> entries_;
  std::vector<int32_t> free_entries_;
  std::vector<BankQueue> queues_;  // per bank
  std::vector<int32_t> active_;
  std::deque<Run> backlog_;
  std::vector<int64_t> left_;  // bursts of a ticket that wait here
  int32_t oldest_ = kNone, newest_ = kNone;
  int64_t next_age_ = 0;
  int64_t waiting_ = 0;
  int64_t counts_[2] = {0, 0};  // in the window: reads, writes
};

}  // namespace fusesim::hw
