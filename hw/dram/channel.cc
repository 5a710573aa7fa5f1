#include "dram/channel.h"

#include <algorithm>

namespace fusesim::hw {

Channel::Channel(const DramConfig& config, const AddressMap& map, int64_t index)
    : timing_(config),
      banks_(config),
      window_(map, banks_, config.queue_depth),
      scheduler_(window_, banks_, config.queue_depth),
      index_(index),
      burst_bytes_(map.burst_bytes()),
      open_page_(config.open_page),
      fresh_(static_cast<size_t>(banks_.banks()), 0) {}

void Channel::reset() {
  banks_.reset();
  window_.reset();
  scheduler_.reset();
  std::fill(fresh_.begin(), fresh_.end(), 0);
  floor_ = 0;
  decided_ = false;
  counts_ = DramCounts();
  bus_log_.reset();
  last_burst_bank_ = 0;
  ended_.clear();
}

void Channel::push(int32_t ticket, int64_t first, int64_t count, bool write) {
  window_.push(ticket, first, count, write);
  if (static_cast<size_t>(ticket) >= row_hits_.size()) row_hits_.resize(static_cast<size_t>(ticket) + 1);
  row_hits_[static_cast<size_t>(ticket)] = 0;
  decided_ = false;
}

inline const Decision& Channel::next() {
  if (!decided_) next_ = scheduler_.choose(floor_);
  decided_ = true;
  return next_;
}

void Channel::run_until(int64_t cycle) {
  while (next().turn.cycle <= cycle) {
    issue(next_);
    floor_ = next_.turn.cycle + 1;
    decided_ = false;
  }
  floor_ = std::max(floor_, cycle + 1);
}

int64_t Channel::earliest_end() {
  if (window_.waiting() == 0) return kNever;
  return next().turn.cycle + std::min(timing_.read_latency, timing_.write_latency) +
         (window_.fewest_left() - 1) * timing_.closest_bursts;
}

CommandKind Channel::kind_of(const Decision& d) const {
  if (d.entry == BurstWindow::kNone) {
    return banks_.open_banks(banks_.rank_of(d.bank)) > 0 ? CommandKind::precharge_all : CommandKind::refresh;
  }
  const BurstWindow::Entry& entry = window_.entry(d.entry);
  const int64_t open_row = banks_.open_row(d.bank);
  if (open_row == BankStates::kClosed) return CommandKind::activate;
  if (open_row != entry.row) return CommandKind::precharge;
  if (!open_page_ && window_.only_one_of_its_row(d.entry)) {
    return entry.write ? CommandKind::write_auto_precharge : CommandKind::read_auto_precharge;
  }
  return entry.write ? CommandKind::write : CommandKind::read;
}

void Channel::issue(const Decision& d) {
  const CommandKind kind = kind_of(d);
  if (observer_ != nullptr) report(d, kind);
  switch (kind) {
    case CommandKind::activate:
      banks_.activate(d.bank, window_.entry(d.entry).row, d.turn.cycle);
      window_.rows_changed(d.bank);
      fresh_[static_cast<size_t>(d.bank)] = 1;
      ++counts_.activates;
      break;
    case CommandKind::precharge:
      banks_.precharge(d.bank, d.turn.cycle);
      window_.rows_changed(d.bank);
      ++counts_.precharges;
      break;
    case CommandKind::precharge_all: {
      const int32_t rank = banks_.rank_of(d.bank);
      counts_.precharges += banks_.precharge_all(rank, d.turn.cycle);
      for (int32_t b = d.bank; b < banks_.first_bank(rank + 1); ++b) window_.rows_changed(b);
      break;
    }
    case CommandKind::refresh:
      banks_.refresh(banks_.rank_of(d.bank), d.turn.cycle);
      ++counts_.refreshes;
      bus_log_.refresh({d.turn.cycle, d.turn.cycle + timing_.rfc});
      break;
    case CommandKind::read:
    case CommandKind::read_auto_precharge:
    case CommandKind::write:
    case CommandKind::write_auto_precharge:
      issue_burst(d, kind);
      break;
  }
}

void Channel::issue_burst(const Decision& d, CommandKind kind) {
  const BurstWindow::Entry entry = window_.entry(d.entry);
  banks_.burst(d.bank, entry.write, d.turn.cycle);
  ++(entry.write ? counts_.writes : counts_.reads);
  char& fresh = fresh_[static_cast<size_t>(d.bank)];
  counts_.row_hits += fresh != 0 ? 0 : 1;
  row_hits_[static_cast<size_t>(entry.ticket)] += fresh != 0 ? 0 : 1;
  fresh = 0;
  counts_.busy_cycles += timing_.data;
  counts_.bus_bytes += burst_bytes_;
  scheduler_.served(d.entry);
  if (kind == CommandKind::read_auto_precharge || kind == CommandKind::write_auto_precharge) {
    banks_.auto_precharge(d.bank);
    ++counts_.precharges;
  }
  const int64_t latency = entry.write ? timing_.write_latency : timing_.read_latency;
  bus_log_.burst(d.turn.cycle + latency, timing_.data, entry.write, turn_cycles(d.bank, entry.write));
  last_burst_bank_ = d.bank;
  if (window_.remove(d.entry)) {
    ended_.push_back({entry.ticket, d.turn.cycle + latency, row_hits_[static_cast<size_t>(entry.ticket)]});
  }
}

/// Cycles that the bus lies still at least between the data of the last burst and those of one in the other
/// direction.
int64_t Channel::turn_cycles(int32_t bank, bool write) const {
  if (write) return timing_.read_write + timing_.write_latency - timing_.data - timing_.read_latency;
  const bool same_rank = banks_.rank_of(bank) == banks_.rank_of(last_burst_bank_);
  const bool same_group = banks_.group_of(bank) == banks_.group_of(last_burst_bank_);
  const int64_t distance = !same_rank   ? timing_.other_write_read
                           : same_group ? timing_.write_read_l
                                        : timing_.write_read_s;
  return distance + timing_.read_latency - timing_.data - timing_.write_latency;
}

void Channel::report(const Decision& d, CommandKind kind) {
  Command command;
  command.cycle = d.turn.cycle;
  command.kind = kind;
  command.channel = index_;
  command.rank = banks_.rank_of(d.bank);
  if (d.entry != BurstWindow::kNone) {
    command.group = banks_.group_of(d.bank);
    command.bank = banks_.bank_of(d.bank);
    command.row = window_.entry(d.entry).row;
  }
  observer_->on_command(command);
}

}  // namespace fusesim::hw
