#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

#include "time/dram_places.h"
#include "time/dram_time.h"

namespace fusesim {

/// Time in parts of a cycle.
constexpr int64_t kTicksPerCycle = 1024;

/// Plays transfers against the DMA's set-up and window, and the DRAM's data bus, banks and refreshes:
/// transfers send a turn each, in turn, while the window has room; of the turns that the controller sees, the
/// one goes first that can begin first. Times are in ticks from reset().
class DramBus {
 public:
  struct Transfer {
    int owner = 0;  ///< a small number; it has one transfer at a time
    int64_t address = 0, bytes = 0;
    bool writes = false;
    int rank = 0;  ///< of transfers that are ready in the same moment, the lowest goes first
    int64_t pieces = 1, stride_bytes = 0;  ///< more of the same length, from the start of each to the next
    int queue = -1;  ///< one of kQueues, whose transfers are sent one after another; -1: beside all others
  };

  /// Without refreshes, what they take on average is for others to add.
  DramBus(const DramTime& time, const DramPart& dram, bool refreshes = true);
  void reset();
  /// What ran before has just used these bytes: their rows are open, if so many can be.
  void open_before(int64_t address, int64_t bytes);
  /// What ran before has used what lies before this address.
  void open_up_to(int64_t address) { open_before(address - 1, 1); }
  void begin(const Transfer& transfer, int64_t now);
  /// When something happens next; kNever: all has been moved.
  int64_t next() const;
  /// Does what happens now, at next(), and appends the owners of transfers that end.
  void advance(int64_t now, std::vector<int>& ended);
  /// Rows that have been opened.
  double activates() const { return activates_; }
  /// Time in which a rank had no open row, mean of all ranks.
  double closed() const { return closed_; }
  /// That have moved.
  int64_t bursts(bool writes) const { return bursts_[writes ? 1 : 0]; }

  static constexpr size_t kQueues = 3;

  static constexpr int64_t kNever = INT64_MAX;

 private:
  struct Waiting {
    int64_t ready;
    Transfer transfer;
    bool operator<(const Waiting& o) const {
      return ready != o.ready ? ready > o.ready : transfer.rank > o.transfer.rank;
    }
  };
  /// What a transfer sends at a time.
  struct Turn {
    int owner = 0;
    int64_t first_burst = 0, bursts = 0;
    bool writes = false;
    int64_t sent = 0;
    int64_t stretch = 0;  ///< in which it begins
    DramBanks::Bank* bank = nullptr;
  };
  struct Answer {
    int64_t time;
    int64_t bursts;
    int owner;
    bool operator<(const Answer& o) const { return time > o.time; }
  };

  /// A transfer, and what is left of the piece at hand.
  struct Sending {
    Transfer transfer;
    int64_t address = 0, end = 0;
  };

  void join(const Transfer& transfer);
  void leave(int queue);
  void send_turns(int64_t now);
  void serve(int64_t now);
  int64_t earliest(const Turn& turn, int64_t now);
  int64_t possible(const Turn& turn, int64_t now);
  size_t choose(int64_t now, int64_t& start);
  bool fits_before(const Turn& turn, int64_t start, int64_t before) const;
  int64_t length(const Turn& turn) const {
    return static_cast<int64_t>(static_cast<double>(turn.bursts) * burst_ticks_);
  }
  void open(DramBanks::Bank& bank, int64_t stretch, int64_t bursts, int64_t activated);
  void open_rows(const Turn& turn, int64_t now);
  int64_t after_refreshes(int64_t start, int64_t length);

  DramTime time_;
  bool refreshes_here_;
  int64_t burst_bytes_, turn_bursts_, window_bursts_, choice_bursts_;
  int64_t setup_, refresh_period_, refresh_;
  int64_t ranks_that_close_;  ///< with a refresh of one of them; 0: refreshes are of less
  int64_t latency_[2], turnaround_[2], close_after_[2];  ///< by whether it writes
  int64_t open_, reopen_, stay_open_, same_group_;
  double clock_ticks_, rounded_, burst_ticks_;
  DramBanks banks_;

  std::priority_queue<Waiting> setting_up_;
  std::deque<Sending> sending_;  ///< in the order of their turns
  std::array<std::deque<Transfer>, kQueues> queues_;
  std::deque<Turn> queue_;
  std::priority_queue<Answer> answers_;
  std::vector<int64_t> turns_;  ///< to be answered before a transfer ends, by owner
  int64_t under_way_ = 0;       ///< bursts
  int64_t overtaken_ = 0;       ///< bursts that went before the oldest turn
  int64_t bus_end_ = 0;         ///< of the last turn
  int64_t next_start_ = 0;
  int64_t refreshes_ = 0;
  bool wrote_ = false;
  int64_t last_burst_ = -1;
  double activates_ = 0;
  int64_t bursts_[2] = {0, 0};  ///< by whether it writes
  double closed_ = 0;
};

}  // namespace fusesim
