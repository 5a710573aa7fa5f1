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
bool closes_itself(const Command& c) {
  return c.kind == CommandKind::read_auto_precharge || c.kind == CommandKind::write_auto_precharge;
}

Distances rules_of(const DramConfig& config) {
  const std::vector<std::string> known = published_parts();
  const bool looked_up = std::find(known.begin(), known.end(), config.name) != known.end();
  Distances rules = looked_up ? published_distances(config.name) : distances_of(config);
  if (config.refresh != RefreshMode::all_bank) {
    rules.refresh_activate = rules.bank_refresh_activate;
    rules.precharge_all_refresh = rules.precharge_refresh;
    rules.precharge_all_activate = rules.precharge_activate;
  }
  return rules;
}

}  // namespace

TimingChecker::TimingChecker(const DramConfig& config) : TimingChecker(config, rules_of(config)) {}

TimingChecker::TimingChecker(const DramConfig& config, const Distances& distances)
    : config_(config), d_(distances), channels_(static_cast<size_t>(config.channels)) {
  const auto banks = static_cast<size_t>(config.ranks * config.bank_groups * config.banks_per_group);
  for (Channel& channel : channels_) {
    channel.open_rows.assign(banks, -1);
    channel.activated_at.assign(banks, 0);
    channel.refreshes.assign(banks, 0);
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

TimingChecker::Event TimingChecker::event_of(const Command& c) {
  if (is_read(c)) return Event::read;
  if (is_write(c)) return Event::write;
  if (c.kind == CommandKind::activate) return Event::activate;
  if (c.kind == CommandKind::refresh) return Event::refresh;
  return c.kind == CommandKind::precharge ? Event::precharge : Event::precharge_all;
}

int64_t TimingChecker::length(Event event) const {
  if (event == Event::activate) return d_.activate_length;
  if (event == Event::refresh) return d_.refresh_length;
  return event == Event::read || event == Event::write ? d_.burst_length : d_.precharge_length;
}

/// Banks that a command is for.
std::vector<size_t> TimingChecker::banks_of(const Command& c) const {
  const Event event = event_of(c);
  const bool several = event == Event::refresh || event == Event::precharge_all;
  if (!several || config_.refresh == RefreshMode::per_bank) return {index(c.rank, c.group, c.bank)};
  std::vector<size_t> banks;
  for (int64_t g = 0; g < config_.bank_groups; ++g) {
    for (int64_t b = 0; b < config_.banks_per_group; ++b) {
      if (config_.refresh == RefreshMode::all_bank || b == c.bank) banks.push_back(index(c.rank, g, b));
    }
  }
  return banks;
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
  std::string fault = pins_fault(channel, c);
  if (fault.empty()) fault = state_fault(channel, c);
  for (auto p = channel.past.rbegin(); p != channel.past.rend() && fault.empty(); ++p) {
    fault = pair_fault(*p, c);
  }
  const bool less_than_a_rank = config_.refresh != RefreshMode::all_bank;
  const Event event = event_of(c);
  const bool opens_rows = event == Event::activate || (event == Event::refresh && less_than_a_rank);
  if (fault.empty() && opens_rows) fault = faw_fault(channel, c);
  if (fault.empty() && (is_read(c) || is_write(c))) fault = bus_fault(channel, c, is_write(c));
  if (fault.empty() && event == Event::refresh) fault = refresh_fault(channel, c);
  return fault;
}

/// One command at a time on its pins.
std::string TimingChecker::pins_fault(const Channel& channel, const Command& c) const {
  const auto on_bursts_pins = [](Event e) { return e == Event::read || e == Event::write; };
  for (const Past& p : channel.past) {
    if (!p.on_pins) continue;
    if (d_.row_pins && on_bursts_pins(p.event) != on_bursts_pins(event_of(c))) continue;
    if (c.cycle < p.cycle + length(p.event)) return "command bus in use";
  }
  return "";
}

std::string TimingChecker::state_fault(const Channel& channel, const Command& c) const {
  const int64_t row = channel.open_rows[index(c.rank, c.group, c.bank)];
  if (c.kind == CommandKind::activate) return row >= 0 ? "activate of an open bank" : "";
  if (c.kind == CommandKind::precharge) return row < 0 ? "precharge of a closed bank" : "";
  if (is_read(c) || is_write(c)) return row != c.row ? "burst to a row that is not open" : "";
  if (c.kind == CommandKind::precharge_all) return "";
  const std::vector<size_t> banks = banks_of(c);
  const bool open =
      std::any_of(banks.begin(), banks.end(), [&](size_t b) { return channel.open_rows[b] >= 0; });
  return open ? "refresh with open banks" : "";
}

TimingChecker::Nearness TimingChecker::nearness(const Past& p, const Command& c) const {
  const bool rank = p.rank == c.rank;
  const std::vector<size_t> banks = banks_of(c);
  const size_t past_bank = index(p.rank, p.group, p.bank);
  const bool refreshed = p.event == Event::refresh;
  bool bank = std::find(banks.begin(), banks.end(), past_bank) != banks.end();
  if (rank && refreshed && config_.refresh == RefreshMode::all_bank) bank = true;
  if (rank && refreshed && config_.refresh == RefreshMode::same_bank) bank = p.bank == c.bank;
  const bool several = banks.size() > 1 || (refreshed && config_.refresh == RefreshMode::same_bank);
  return {rank, rank && (several || p.group == c.group), bank};
}

std::string TimingChecker::pair_fault(const Past& p, const Command& c) const {
  const Nearness near = nearness(p, c);
  const int64_t distance = c.cycle - p.cycle;
  switch (event_of(c)) {
    case Event::activate:
      return activate_fault(p, near, distance);
    case Event::precharge:
    case Event::precharge_all:
      return precharge_fault(p, near, distance);
    case Event::refresh:
      return refresh_pair_fault(p, near, distance);
    case Event::read:
      return burst_fault(p, near, distance, false);
    case Event::write:
      return burst_fault(p, near, distance, true);
  }
  return "";
}

std::string TimingChecker::activate_fault(const Past& p, const Nearness& near, int64_t distance) const {
  if (p.event == Event::activate) {
    if (near.bank && distance < d_.activate_activate) return "tRC";
    if (near.group && distance < d_.activate_activate_l) return "tRRD_L";
    return near.rank && distance < d_.activate_activate_s ? "tRRD_S" : "";
  }
  if (p.event == Event::precharge) return near.bank && distance < d_.precharge_activate ? "tRP" : "";
  if (p.event == Event::precharge_all)
    return near.bank && distance < d_.precharge_all_activate ? "tRPab" : "";
  if (p.event != Event::refresh) return "";
  if (near.bank && distance < d_.refresh_activate) return "tRFC";
  const bool whole = config_.refresh == RefreshMode::all_bank;
  return !whole && near.rank && distance < d_.refresh_activate_other ? "refresh to activate of another bank"
                                                                     : "";
}

std::string TimingChecker::precharge_fault(const Past& p, const Nearness& near, int64_t distance) const {
  if (p.event == Event::activate && near.bank && distance < d_.activate_precharge) return "tRAS";
  if (p.event == Event::read && near.bank && distance < d_.read_precharge) return "tRTP";
  if (p.event == Event::write && near.bank && distance < d_.write_precharge) return "tWR";
  const bool precharge = p.event == Event::precharge || p.event == Event::precharge_all;
  return precharge && p.on_pins && near.rank && distance < d_.precharge_precharge ? "tPPD" : "";
}

std::string TimingChecker::refresh_pair_fault(const Past& p, const Nearness& near, int64_t distance) const {
  if (p.event == Event::activate && near.bank && distance < d_.activate_refresh) return "tRC before refresh";
  if (p.event == Event::precharge && near.bank && distance < d_.precharge_refresh)
    return "tRP before refresh";
  if (p.event == Event::precharge_all && near.bank && distance < d_.precharge_all_refresh) return "tRPab";
  if (p.event == Event::refresh && near.bank && distance < d_.refresh_activate) return "tRFC";
  if (config_.refresh == RefreshMode::all_bank) return "";
  if (p.event == Event::refresh && near.rank && distance < d_.refresh_refresh_other) return "refresh gap";
  if (p.event != Event::activate) return "";
  if (near.group && distance < d_.activate_refresh_other_l) return "tRRD_L before refresh";
  return near.rank && distance < d_.activate_refresh_other_s ? "tRRD_S before refresh" : "";
}

std::string TimingChecker::burst_fault(const Past& p, const Nearness& near, int64_t distance,
                                       bool write) const {
  if (p.event == Event::activate) {
    return near.bank && distance < (write ? d_.activate_write : d_.activate_read) ? "tRCD" : "";
  }
  if (p.event == Event::write && !write) {
    if (near.group && distance < d_.write_read_l) return "tWTR_L";
    return near.rank && distance < d_.write_read_s ? "tWTR_S" : "";
  }
  if (p.event == Event::read && write) return near.rank && distance < d_.read_write ? "read to write" : "";
  if (p.event != (write ? Event::write : Event::read)) return "";
  if (near.group && distance < (write ? d_.write_write_l : d_.read_read_l)) return "tCCD_L";
  return near.rank && distance < (write ? d_.write_write_s : d_.read_read_s) ? "tCCD_S" : "";
}

/// A refresh of less than a rank waits like a fifth activate, and is none itself.
std::string TimingChecker::faw_fault(const Channel& channel, const Command& c) const {
  const int64_t later = length(event_of(c)) - d_.activate_length;
  const auto in_window = std::count_if(channel.past.begin(), channel.past.end(), [&](const Past& p) {
    return p.event == Event::activate && p.rank == c.rank && c.cycle + later - p.cycle < d_.four_activates;
  });
  return in_window >= 4 ? "tFAW" : "";
}

/// The data bus carries one burst at a time, with a pause of tRTRS where the rank or the direction changes.
std::string TimingChecker::bus_fault(const Channel& channel, const Command& c, bool write) const {
  const int64_t begin = c.cycle + (write ? d_.write_data : d_.read_data);
  for (const Past& p : channel.past) {
    if (p.event != Event::read && p.event != Event::write) continue;
    const bool other_write = p.event == Event::write;
    const bool same = other_write == write;
    const int64_t latest = p.cycle + (other_write ? d_.write_ends : d_.read_ends);
    const int64_t end = same ? p.cycle + (write ? d_.write_data : d_.read_data) + d_.data : latest;
    const bool pause = p.rank != c.rank || (write && !other_write);
    if (begin < end + (pause ? d_.pause : 0)) return "data bus";
  }
  return "";
}

std::string TimingChecker::refresh_fault(const Channel& channel, const Command& c) const {
  const size_t first = banks_of(c).front();
  const int64_t number = channel.refreshes[first];
  const auto banks_per_rank = config_.bank_groups * config_.banks_per_group;
  const int64_t units = config_.refresh == RefreshMode::all_bank   ? 1
                        : config_.refresh == RefreshMode::per_bank ? banks_per_rank
                                                                   : config_.banks_per_group;
  const int64_t unit = config_.refresh == RefreshMode::all_bank ? 0
                       : config_.refresh == RefreshMode::same_bank
                           ? c.bank
                           : c.group * config_.banks_per_group + c.bank;
  const int64_t place = unit * config_.ranks + c.rank + 1;
  const int64_t due = config_.refi * place / (config_.ranks * units) + number * config_.refi;
  const int64_t ends = c.cycle + d_.refresh_length - 1;
  if (ends < due) return "refresh before it is due";
  const int64_t wait = units > 1 ? d_.refresh_refresh_other + d_.four_activates : 0;
  return ends > due + kRefreshSlack + d_.activate_activate + wait ? "refresh too late" : "";
}

void TimingChecker::close(Channel& channel, size_t at, const Past& precharge) {
  channel.open_rows[at] = -1;
  channel.past.push_back(precharge);
  ++closings_;
}

/// When a bank closes after a burst that closes it, as the first clock of a precharge that would do so.
int64_t TimingChecker::closes_itself_at(const Channel& channel, const Command& c) const {
  int64_t cycle = channel.activated_at[index(c.rank, c.group, c.bank)] + d_.activate_precharge;
  for (const Past& p : channel.past) {
    if (p.rank != c.rank || p.group != c.group || p.bank != c.bank) continue;
    if (p.event == Event::read) cycle = std::max(cycle, p.cycle + d_.read_precharge);
    if (p.event == Event::write) cycle = std::max(cycle, p.cycle + d_.write_precharge);
  }
  return cycle;
}

void TimingChecker::apply(Channel& channel, const Command& c) {
  const int64_t reach = d_.refresh_activate + d_.activate_activate + d_.write_precharge + d_.four_activates +
                        d_.refresh_refresh_other;
  while (!channel.past.empty() && channel.past.front().cycle < c.cycle - reach) channel.past.pop_front();
  const Event event = event_of(c);
  const Past past = {event, c.cycle, c.rank, c.group, c.bank, true};
  if (event == Event::precharge || event == Event::precharge_all) {
    for (const size_t b : banks_of(c)) {
      Past one = past;
      one.group = static_cast<int64_t>(b) / config_.banks_per_group % config_.bank_groups;
      one.bank = static_cast<int64_t>(b) % config_.banks_per_group;
      if (channel.open_rows[b] >= 0) close(channel, b, one);
    }
    return;
  }
  channel.past.push_back(past);
  const size_t at = index(c.rank, c.group, c.bank);
  if (event == Event::activate) {
    channel.open_rows[at] = c.row;
    channel.activated_at[at] = c.cycle;
  }
  if (event == Event::refresh) {
    for (const size_t b : banks_of(c)) ++channel.refreshes[b];
  }
  if (!closes_itself(c)) return;
  close(channel, at, {Event::precharge, closes_itself_at(channel, c), c.rank, c.group, c.bank, false});
}

}  // namespace fusesim::hw
