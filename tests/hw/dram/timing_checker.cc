#include "timing_checker.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

/// A refresh may come late by what it takes to finish a burst and to close all banks.
constexpr int64_t kRefreshSlack = 200;

bool is_read(const Command& c) {
  return c.kind == CommandKind::read || c.kind == CommandKind::read_auto_precharge;
}
bool is_write(const Command& c) {
  return c.kind == CommandKind::write || c.kind == CommandKind::write_auto_precharge;
}

}  // namespace

TimingChecker::TimingChecker(const DramConfig& config)
    : config_(config),
      data_cycles_((config.burst_length + 1) / 2),
      channels_(static_cast<size_t>(config.channels)) {
  const auto banks = static_cast<size_t>(config.ranks * config.bank_groups * config.banks_per_group);
  for (Channel& channel : channels_) {
    channel.open_rows.assign(banks, -1);
    channel.activated_at.assign(banks, 0);
    channel.refreshes.assign(static_cast<size_t>(config.ranks), 0);
  }
}

size_t TimingChecker::index(int64_t rank, int64_t group, int64_t bank) const {
  return static_cast<size_t>((rank * config_.bank_groups + group) * config_.banks_per_group + bank);
}

int64_t TimingChecker::open_banks() const {
  int64_t open = 0;
  for (const Channel& channel : channels_) {
    open += std::count_if(channel.open_rows.begin(), channel.open_rows.end(),
                          [](int64_t row) { return row >= 0; });
  }
  return open;
}

std::vector<TimingChecker::Event> TimingChecker::events(const Command& c) const {
  if (is_read(c)) return {Event::read};
  if (is_write(c)) return {Event::write};
  if (c.kind == CommandKind::activate) return {Event::activate};
  if (c.kind == CommandKind::refresh) return {Event::refresh};
  return {Event::precharge};
}

void TimingChecker::on_command(const Command& c) {
  const std::string fault = why_illegal(c);
  if (!fault.empty()) {
    violations_.push_back("cycle " + std::to_string(c.cycle) + ", command " +
                          std::to_string(static_cast<int>(c.kind)) + ", rank " + std::to_string(c.rank) +
                          ", group " + std::to_string(c.group) + ", bank " + std::to_string(c.bank) + ": " +
                          fault);
  }
  trace_.push_back(c);
  apply(channels_[static_cast<size_t>(c.channel)], c);
}

std::string TimingChecker::why_illegal(const Command& c) const {
  const Channel& channel = channels_[static_cast<size_t>(c.channel)];
  if (c.cycle <= channel.last_command) return "command bus in use";
  std::string fault = state_fault(channel, c);
  const Event event = events(c).front();
  for (auto p = channel.past.rbegin(); p != channel.past.rend() && fault.empty(); ++p) {
    fault = pair_fault(*p, event, c);
  }
  if (fault.empty() && event == Event::activate) fault = faw_fault(channel, c);
  if (fault.empty() && (is_read(c) || is_write(c))) fault = bus_fault(channel, c, is_write(c));
  if (fault.empty() && event == Event::refresh) fault = refresh_fault(channel, c);
  return fault;
}

std::string TimingChecker::state_fault(const Channel& channel, const Command& c) const {
  const int64_t row = channel.open_rows[index(c.rank, c.group, c.bank)];
  if (c.kind == CommandKind::activate) return row >= 0 ? "activate of an open bank" : "";
  if (c.kind == CommandKind::precharge) return row < 0 ? "precharge of a closed bank" : "";
  if (is_read(c) || is_write(c)) return row != c.row ? "burst to a row that is not open" : "";
  if (c.kind == CommandKind::precharge_all) return "";
  const auto first = channel.open_rows.begin() + static_cast<int64_t>(index(c.rank, 0, 0));
  const bool open = std::any_of(first, first + config_.bank_groups * config_.banks_per_group,
                                [](int64_t r) { return r >= 0; });
  return open ? "refresh with open banks" : "";
}

std::string TimingChecker::pair_fault(const Past& p, Event event, const Command& c) const {
  const bool whole_rank = c.kind == CommandKind::precharge_all || c.kind == CommandKind::refresh;
  const bool rank = p.rank == c.rank;
  const bool group = rank && p.group == c.group;
  const bool bank = rank && (whole_rank || (group && p.bank == c.bank));
  const int64_t distance = c.cycle - p.cycle;
  const auto closer = [distance](int64_t least) { return distance < least; };
  const int64_t write_end = config_.cwl + data_cycles_;
  switch (event) {
    case Event::activate:
      if (p.event == Event::activate && bank && closer(config_.rc)) return "tRC";
      if (p.event == Event::activate && group && closer(config_.rrd_l)) return "tRRD_L";
      if (p.event == Event::activate && rank && closer(config_.rrd_s)) return "tRRD_S";
      if (p.event == Event::precharge && bank && closer(config_.rp)) return "tRP";
      if (p.event == Event::refresh && rank && closer(config_.rfc)) return "tRFC";
      return "";
    case Event::precharge:
      if (p.event == Event::activate && bank && closer(config_.ras)) return "tRAS";
      if (p.event == Event::read && bank && closer(config_.rtp)) return "tRTP";
      if (p.event == Event::write && bank && closer(write_end + config_.wr)) return "tWR";
      return "";
    case Event::refresh:
      if (p.event == Event::activate && bank && closer(config_.rc)) return "tRC before refresh";
      if (p.event == Event::precharge && bank && closer(config_.rp)) return "tRP before refresh";
      if (p.event == Event::refresh && bank && closer(config_.rfc)) return "tRFC";
      return "";
    case Event::read:
      if (p.event == Event::write && group && closer(write_end + config_.wtr_l)) return "tWTR_L";
      if (p.event == Event::write && rank && closer(write_end + config_.wtr_s)) return "tWTR_S";
      break;
    case Event::write:
      break;
  }
  if (p.event == Event::activate && bank && closer(config_.rcd)) return "tRCD";
  if (p.event != event) return "";
  if (group && closer(config_.ccd_l)) return "tCCD_L";
  return rank && closer(config_.ccd_s) ? "tCCD_S" : "";
}

std::string TimingChecker::faw_fault(const Channel& channel, const Command& c) const {
  const auto in_window = std::count_if(channel.past.begin(), channel.past.end(), [&](const Past& p) {
    return p.event == Event::activate && p.rank == c.rank && c.cycle - p.cycle < config_.faw;
  });
  return in_window >= 4 ? "tFAW" : "";
}

/// The data bus carries one burst at a time, with a pause of tRTRS where the rank or the direction changes.
std::string TimingChecker::bus_fault(const Channel& channel, const Command& c, bool write) const {
  const int64_t begin = c.cycle + (write ? config_.cwl : config_.cl);
  for (const Past& p : channel.past) {
    if (p.event != Event::read && p.event != Event::write) continue;
    const bool other_write = p.event == Event::write;
    const int64_t end = p.cycle + (other_write ? config_.cwl : config_.cl) + data_cycles_;
    const bool pause = p.rank != c.rank || (write && !other_write);
    if (begin < end + (pause ? config_.rtrs : 0)) return "data bus";
  }
  return "";
}

std::string TimingChecker::refresh_fault(const Channel& channel, const Command& c) const {
  const int64_t number = channel.refreshes[static_cast<size_t>(c.rank)];
  const int64_t due = config_.refi * (c.rank + 1) / config_.ranks + number * config_.refi;
  if (c.cycle < due) return "refresh before it is due";
  return c.cycle > due + kRefreshSlack + config_.rc ? "refresh too late" : "";
}

void TimingChecker::close(Channel& channel, int64_t rank, int64_t group, int64_t bank, int64_t cycle) {
  channel.open_rows[index(rank, group, bank)] = -1;
  channel.past.push_back({Event::precharge, cycle, rank, group, bank});
  ++closings_;
}

void TimingChecker::apply(Channel& channel, const Command& c) {
  channel.last_command = c.cycle;
  const int64_t reach = config_.rfc + config_.rc + config_.cwl + data_cycles_ + config_.wr;
  while (!channel.past.empty() && channel.past.front().cycle < c.cycle - reach) channel.past.pop_front();
  if (c.kind == CommandKind::precharge) return close(channel, c.rank, c.group, c.bank, c.cycle);
  if (c.kind == CommandKind::precharge_all) {
    for (int64_t g = 0; g < config_.bank_groups; ++g) {
      for (int64_t b = 0; b < config_.banks_per_group; ++b) {
        if (channel.open_rows[index(c.rank, g, b)] >= 0) close(channel, c.rank, g, b, c.cycle);
      }
    }
    return;
  }
  channel.past.push_back({events(c).front(), c.cycle, c.rank, c.group, c.bank});
  const size_t at = index(c.rank, c.group, c.bank);
  if (c.kind == CommandKind::activate) {
    channel.open_rows[at] = c.row;
    channel.activated_at[at] = c.cycle;
  }
  if (c.kind == CommandKind::refresh) ++channel.refreshes[static_cast<size_t>(c.rank)];
  if (c.kind != CommandKind::read_auto_precharge && c.kind != CommandKind::write_auto_precharge) return;
  int64_t at_cycle = channel.activated_at[at] + config_.ras;
  for (const Past& p : channel.past) {
    if (p.rank != c.rank || p.group != c.group || p.bank != c.bank) continue;
    if (p.event == Event::read) at_cycle = std::max(at_cycle, p.cycle + config_.rtp);
    if (p.event == Event::write)
      at_cycle = std::max(at_cycle, p.cycle + config_.cwl + data_cycles_ + config_.wr);
  }
  close(channel, c.rank, c.group, c.bank, at_cycle);
}

}  // namespace fusesim::hw
