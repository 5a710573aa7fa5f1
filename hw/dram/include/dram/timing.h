#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "dram/command.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

/// The distances between commands, in DRAM clock cycles, as JEDEC defines them, plus those that follow from
/// the bus. They count from the last clock of one command to the last of the next.
struct Timing {
  /// Throws Error if refreshes come so often that no burst fits between them, which no configuration that was
  /// read does.
  explicit Timing(const DramConfig& config);

  int64_t rcd_read, rcd_write, rp, rp_ab, ras, rc, rrd_s, rrd_l, faw, rtp, ppd, refi;
  int64_t rfc;                         ///< of what one refresh covers
  int64_t refresh_gap;                 ///< refresh to refresh of a rank, where one covers less
  int64_t refresh_activate;            ///< and to an activate of another bank of the rank
  int64_t data;                        ///< cycles that a burst occupies the data bus
  int64_t read_latency;                ///< command to end of data
  int64_t write_latency;               ///< command to end of data
  int64_t ccd_s, ccd_l;                ///< at least `data`
  int64_t ccd_l_write;                 ///< write to write
  int64_t write_read_s, write_read_l;  ///< same rank
  int64_t write_recovery;              ///< write command to precharge of its bank
  int64_t read_write;                  ///< any rank: end of read data + rtrs is the start of write data
  int64_t other_same;                  ///< to another rank, same direction
  int64_t other_write_read;            ///< write, then a read of another rank
  int64_t closest_bursts;              ///< least distance of any two bursts of one direction
};

/// The bank state machines of one channel: which row is open where and when each command becomes legal. Pure
/// timing: who goes first is the scheduler's business. A command is illegal before its earliest cycle;
/// issuing it then is a bug of the caller. The cycle of a command is that of its last clock.
///
/// A refresh unit is what one refresh command covers: units of a rank are consecutive, and so are those of
/// ranks.
class BankStates {
 public:
  static constexpr int64_t kClosed = -1;

  explicit BankStates(const DramConfig& config);
  void reset();

  const Timing& timing() const { return timing_; }
  int32_t banks() const { return static_cast<int32_t>(banks_.size()); }
  int32_t rank_of(int32_t bank) const { return banks_[static_cast<size_t>(bank)].rank; }
  /// Banks of a rank are [first_bank(rank), first_bank(rank + 1)).
  int32_t first_bank(int32_t rank) const { return rank * banks_per_rank_; }
  /// Within the rank.
  int32_t group_of(int32_t bank) const { return bank % banks_per_rank_ / banks_per_group_; }
  /// Within the bank group.
  int32_t bank_of(int32_t bank) const { return bank % banks_per_group_; }
  bool same_group(int32_t a, int32_t b) const {
    return banks_[static_cast<size_t>(a)].group == banks_[static_cast<size_t>(b)].group;
  }
  int64_t open_row(int32_t bank) const { return banks_[static_cast<size_t>(bank)].row; }
  int32_t units() const { return static_cast<int32_t>(due_.size()); }
  int32_t unit_of(int32_t bank) const { return banks_[static_cast<size_t>(bank)].unit; }
  const std::vector<int32_t>& banks_of_unit(int32_t unit) const {
    return unit_banks_[static_cast<size_t>(unit)];
  }
  int32_t open_banks(int32_t unit) const { return open_[static_cast<size_t>(unit)]; }
  int64_t refresh_due(int32_t unit) const { return due_[static_cast<size_t>(unit)]; }
  /// The least of all units.
  int64_t next_refresh_due() const { return next_refresh_due_; }

  int64_t earliest_activate(int32_t b) const {
    const Bank& bank = banks_[static_cast<size_t>(b)];
    return std::max({bank.activate, groups_[static_cast<size_t>(bank.group)].activate,
                     ranks_[static_cast<size_t>(bank.rank)].activate});
  }
  int64_t earliest_precharge(int32_t b) const {
    const Bank& bank = banks_[static_cast<size_t>(b)];
    return std::max(bank.precharge, ranks_[static_cast<size_t>(bank.rank)].precharge);
  }
  int64_t earliest_burst(int32_t b, bool write) const {
    const Bank& bank = banks_[static_cast<size_t>(b)];
    const Level& group = groups_[static_cast<size_t>(bank.group)];
    const Level& rank = ranks_[static_cast<size_t>(bank.rank)];
    return write ? std::max({bank.write, group.write, rank.write})
                 : std::max({bank.read, group.read, rank.read});
  }
  /// Of every bank of a refresh unit at once.
  int64_t earliest_precharge_all(int32_t unit) const;
  int64_t earliest_refresh(int32_t unit) const;
  /// The least distance from a burst to a later one.
  int64_t burst_distance(int32_t from, bool from_writes, int32_t to, bool to_writes) const;

  void activate(int32_t bank, int64_t row, int64_t cycle);
  void precharge(int32_t bank, int64_t cycle);
  void burst(int32_t bank, bool write, int64_t cycle);
  /// After a burst to `bank`: closes it at the earliest legal cycle without a command.
  void auto_precharge(int32_t bank);
  /// Closes every open bank of a refresh unit; returns how many.
  int32_t precharge_all(int32_t unit, int64_t cycle);
  void refresh(int32_t unit, int64_t cycle);

  /// No row is open, and what decides when commands become legal lies one period later than in `before`, or
  /// where it lay and not behind `now`.
  bool repeats(const BankStates& before, int64_t period, int64_t now) const;
  /// What has moved since `before` moves on `times` times as far.
  void repeat(const BankStates& before, int64_t times);

  /// Cycles in [0, cycle) in which a rank had an open row, over all ranks.
  int64_t active_cycles(int64_t cycle) const;
  /// A row is open in any bank of a rank.
  bool any_open(int32_t rank) const { return ranks_[static_cast<size_t>(rank)].open > 0; }

 private:
  /// Earliest cycles of commands, as far as this level restricts them.
  struct Bank {
    int64_t row = kClosed;
    int64_t activate = 0, precharge = 0, read = 0, write = 0;
    int32_t rank = 0, group = 0, unit = 0;
  };
  struct Level {
    int64_t activate = 0;
    int64_t read = 0, write = 0;
  };
  struct Rank : Level {
    int64_t precharge = 0;
    int64_t refresh = 0;        // of less than the rank
    int64_t last_activates[4];  // ring
    int32_t oldest_activate = 0;
    int32_t open = 0;           // banks
    int64_t opened_at = 0;      // the first of them
    int64_t closed_at = 0;      // the last that was closed
    int64_t active_cycles = 0;  // with an open row, until closed_at
  };

  void reset_refreshes();
  template <class Visit>
  static void visit_times(BankStates& states, const BankStates& others, const Visit& visit);
  void close(int32_t bank, int64_t cycle);

  Timing timing_;
  RefreshMode mode_;
  int32_t banks_per_group_, banks_per_rank_, groups_per_rank_, units_per_rank_;
  std::vector<Bank> banks_;
  std::vector<Level> groups_;
  std::vector<Rank> ranks_;
  std::vector<std::vector<int32_t>> unit_banks_;
  std::vector<int32_t> open_;  // per unit: open banks
  std::vector<int64_t> due_;   // per unit
  int64_t next_refresh_due_ = 0;
};

}  // namespace fusesim::hw
