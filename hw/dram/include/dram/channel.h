#pragma once

#include <cstdint>
#include <vector>

#include "dram/address_map.h"
#include "dram/burst_window.h"
#include "dram/bus_log.h"
#include "dram/command.h"
#include "dram/scheduler.h"
#include "dram/timing.h"
#include "fusesim/config/config.h"
#include "fusesim/hw/counters.h"

namespace fusesim::hw {

/// One channel: bursts that wait, banks, and the commands between them, one at a time on the command pins
/// (two where row commands have pins of their own). Which command is the Scheduler's choice.
class Channel {
 public:
  /// A part of a piece that has ended on this channel.
  struct PartEnd {
    int32_t ticket = 0;
    int64_t cycle = 0;
    int64_t row_hits = 0;  ///< of its bursts
  };

  Channel(const DramConfig& config, const AddressMap& map, int64_t index);
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void reset();
  /// Bursts [first, first + count) of this channel, to be scheduled in the cycles that are not decided yet.
  void push(int32_t ticket, int64_t first, int64_t count, bool write);
  /// Issues all commands at cycles <= `cycle`.
  void run_until(int64_t cycle);
  /// A cycle not later than the next end of a part; kNever without waiting bursts.
  int64_t earliest_end();

  std::vector<PartEnd>& ended() { return ended_; }
  int64_t waiting_bursts() const { return window_.waiting(); }
  /// Up to the first cycle that is not decided yet.
  DramCounts counts() const;
  BusLog& bus_log() { return bus_log_; }
  void observe(CommandObserver* observer) { observer_ = observer; }

 private:
  const Decision& next();
  /// Issues the command that next() has decided.
  void step();
  void pass_long_pause(int64_t cycle);
  CommandKind kind_of(const Decision& decision) const;
  void issue(const Decision& decision);
  void issue_burst(const Decision& decision, CommandKind kind, int64_t ends);
  void do_duty(const Decision& decision, CommandKind kind, int64_t ends);
  void occupy(CommandKind kind, int64_t ends);
  int64_t turn_cycles(int32_t bank, bool write) const;
  void report(const Decision& decision, CommandKind kind);
  /// From then on the channel is powered down, unless something comes.
  int64_t asleep_from() const;
  void count_sleep(int64_t until, DramCounts& counts) const;

  BankStates banks_;
  BurstWindow window_;
  Scheduler scheduler_;
  int64_t index_;
  int64_t burst_bytes_;
  bool open_page_, row_bus_;
  RefreshMode refresh_mode_;
  int32_t ranks_;
  int64_t power_down_after_, xp_;
  CommandObserver* observer_ = nullptr;

  CommandPins free_;   // no command begins earlier
  int64_t floor_ = 0;  // first cycle that is not decided yet
  int64_t idle_since_ = 0;
  bool decided_ = false;  // next_ holds
  Decision next_;
  std::vector<char> fresh_;  // per bank: activated, no burst yet
  DramCounts counts_;
  BusLog bus_log_;
  int32_t last_burst_bank_ = 0;
  std::vector<int64_t> row_hits_;  // per ticket, of the part that is under way
  std::vector<PartEnd> ended_;
};

}  // namespace fusesim::hw
