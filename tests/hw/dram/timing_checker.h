#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "distances.h"
#include "dram/command.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

inline bool operator==(const Command& a, const Command& b) {
  return a.cycle == b.cycle && a.kind == b.kind && a.channel == b.channel && a.rank == b.rank &&
         a.group == b.group && a.bank == b.bank && a.row == b.row;
}

/// Audits a command trace: every rule is a least distance between the first clocks of two commands, looked up
/// pair by pair over the recent past. Shares no code with BankStates. Of a part that published_distances
/// knows under its name, the rules are those of its standard; of others, those that its keys say.
class TimingChecker : public CommandObserver {
 public:
  explicit TimingChecker(const DramConfig& config);
  TimingChecker(const DramConfig& config, const Distances& distances);

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
  enum class Event : uint8_t { activate, precharge, precharge_all, read, write, refresh };
  struct Past {
    Event event;
    int64_t cycle, rank, group, bank;
    bool on_pins;  // false: a bank closed itself
  };
  struct Channel {
    std::deque<Past> past;
    std::vector<int64_t> open_rows;  // -1: closed
    std::vector<int64_t> activated_at;
    std::vector<int64_t> refreshes;  // per bank
  };
  /// Where a past command was, seen from a new one.
  struct Nearness {
    bool rank, group, bank;
  };

  size_t index(int64_t rank, int64_t group, int64_t bank) const;
  static Event event_of(const Command& c);
  std::vector<size_t> banks_of(const Command& c) const;
  Nearness nearness(const Past& p, const Command& c) const;
  std::string pins_fault(const Channel& channel, const Command& c) const;
  std::string state_fault(const Channel& channel, const Command& c) const;
  std::string pair_fault(const Past& p, const Command& c) const;
  std::string activate_fault(const Past& p, const Nearness& near, int64_t distance) const;
  std::string precharge_fault(const Past& p, const Nearness& near, int64_t distance) const;
  std::string refresh_pair_fault(const Past& p, const Nearness& near, int64_t distance) const;
  std::string burst_fault(const Past& p, const Nearness& near, int64_t distance, bool write) const;
  std::string faw_fault(const Channel& channel, const Command& c) const;
  std::string bus_fault(const Channel& channel, const Command& c, bool write) const;
  std::string refresh_fault(const Channel& channel, const Command& c) const;
  void apply(Channel& channel, const Command& c);
  void close(Channel& channel, size_t at, const Past& precharge);
  int64_t length(Event event) const;
  int64_t closes_itself_at(const Channel& channel, const Command& c) const;

  DramConfig config_;
  Distances d_;
  std::vector<Channel> channels_;
  std::vector<std::string> violations_;
  std::vector<Command> trace_;
  int64_t closings_ = 0;
};

}  // namespace fusesim::hw
