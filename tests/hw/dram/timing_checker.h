#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "dram/command.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

inline bool operator==(const Command& a, const Command& b) {
  return a.cycle == b.cycle && a.kind == b.kind && a.channel == b.channel && a.rank == b.rank &&
         a.group == b.group && a.bank == b.bank && a.row == b.row;
}

/// Audits a command trace against the part's timings: every rule is a least distance between two commands,
/// looked up pair by pair over the recent past. Shares no code with BankStates.
class TimingChecker : public CommandObserver {
 public:
  explicit TimingChecker(const DramConfig& config);

  /// Notes what is wrong with the command, then takes it as issued.
  void on_command(const Command& command) override;
  /// Empty if the command may be issued now, else the rule that it breaks.
  std::string why_illegal(const Command& command) const;

  const std::vector<std::string>& violations() const { return violations_; }
  const std::vector<Command>& trace() const { return trace_; }
  int64_t open_banks() const;
  /// Banks that precharges closed, auto-precharges included.
  int64_t closings() const { return closings_; }

 private:
  enum class Event : uint8_t { activate, precharge, read, write, refresh };
  struct Past {
    Event event;
    int64_t cycle, rank, group, bank;
  };
  struct Channel {
    std::deque<Past> past;
    std::vector<int64_t> open_rows;  // -1: closed
    std::vector<int64_t> activated_at;
    int64_t last_command = -1;
    std::vector<int64_t> refreshes;  // per rank
  };

  size_t index(int64_t rank, int64_t group, int64_t bank) const;
  std::string state_fault(const Channel& channel, const Command& c) const;
  std::string pair_fault(const Past& p, Event event, const Command& c) const;
  std::string faw_fault(const Channel& channel, const Command& c) const;
  std::string bus_fault(const Channel& channel, const Command& c, bool write) const;
  std::string refresh_fault(const Channel& channel, const Command& c) const;
  void apply(Channel& channel, const Command& c);
  void close(Channel& channel, int64_t rank, int64_t group, int64_t bank, int64_t cycle);
  std::vector<Event> events(const Command& c) const;

  DramConfig config_;
  int64_t data_cycles_;
  std::vector<Channel> channels_;
  std::vector<std::string> violations_;
  std::vector<Command> trace_;
  int64_t closings_ = 0;
};

}  // namespace fusesim::hw
