#include "dram/channel.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

/// Refresh intervals from which on a pause is passed over instead of played. In 4 ms, as those of DDR4
/// take, no layer of a network of our zoo pauses.
constexpr int64_t kLongPause = 512;

}  // namespace

Channel::Channel(const DramConfig& config, const AddressMap& map, int64_t index)
    : banks_(config),
      window_(map, banks_, config.queue_depth, config.write_drain == WriteDrain::watermark),
      scheduler_(window_, banks_, config),
      index_(index),
      burst_bytes_(map.burst_bytes()),
      open_page_(config.open_page),
      row_bus_(config.row_bus),
      refresh_mode_(config.refresh),
      ranks_(static_cast<int32_t>(config.ranks)),
      power_down_after_(config.power_down_after),
      xp_(config.xp),
      fresh_(static_cast<size_t>(banks_.banks()), 0) {}

void Channel::reset() {
  banks_.reset();
  window_.reset();
  scheduler_.reset();
  std::fill(fresh_.begin(), fresh_.end(), 0);
  free_ = CommandPins();
  floor_ = idle_since_ = 0;
  decided_ = false;
  counts_ = DramCounts();
  bus_log_.reset();
  last_burst_bank_ = 0;
  ended_.clear();
}

void Channel::push(int32_t ticket, int64_t first, int64_t count, bool write) {
  if (floor_ > asleep_from()) {
    count_sleep(floor_, counts_);
    free_.row = std::max(free_.row, floor_ + xp_);
    free_.column = std::max(free_.column, floor_ + xp_);
  }
  window_.push(ticket, first, count, write);
  if (static_cast<size_t>(ticket) >= row_hits_.size()) row_hits_.resize(static_cast<size_t>(ticket) + 1);
  row_hits_[static_cast<size_t>(ticket)] = 0;
  decided_ = false;
}

int64_t Channel::asleep_from() const {
  return power_down_after_ > 0 && window_.waiting() == 0 ? idle_since_ + power_down_after_ : kNever;
}

void Channel::count_sleep(int64_t until, DramCounts& counts) const {
  const int64_t from = asleep_from();
  if (until <= from) return;
  for (int32_t rank = 0; rank < ranks_; ++rank) {
    (banks_.any_open(rank) ? counts.active_power_down_cycles : counts.precharged_power_down_cycles) +=
        until - from;
  }
}

DramCounts Channel::counts() const {
  DramCounts counts = counts_;
  counts.active_cycles = banks_.active_cycles(floor_);
  count_sleep(floor_, counts);
  return counts;
}

inline const Decision& Channel::next() {
  if (!decided_) next_ = scheduler_.choose({std::max(floor_, free_.row), std::max(floor_, free_.column)});
  decided_ = true;
  return next_;
}

void Channel::step() {
  const int64_t begins = next_.turn.cycle;
  issue(next_);
  floor_ = row_bus_ ? begins : begins + 1;
  decided_ = false;
}

void Channel::run_until(int64_t cycle) {
  if (window_.waiting() == 0 && observer_ == nullptr && cycle - floor_ > kLongPause * banks_.timing().refi)
    pass_long_pause(cycle);
  while (next().turn.cycle <= cycle) step();
  floor_ = std::max(floor_, cycle + 1);
}

/// With nothing to move, refreshes come every interval. Once two intervals have ended alike, the same
/// cycles apart in all that decides what comes next, so do those that follow: they are passed over and
/// their counts added. The bus log does not get their refreshes, which stop nothing.
void Channel::pass_long_pause(int64_t cycle) {
  const int64_t interval = banks_.timing().refi;
  const int64_t settled = floor_ + 2 * interval;
  while (next().turn.cycle <= settled) step();
  const BankStates banks = banks_;
  const CommandPins pins = free_;
  const DramCounts counts = counts_;
  const int64_t floor = floor_, idle_since = idle_since_, now = next_.turn.cycle;
  const auto alike = [&](int64_t before, int64_t after) {
    return after == before + interval || (after == before && after <= now);
  };
  for (int32_t unit = 0; unit < banks_.units(); ++unit, next()) step();
  if (next_.turn.cycle != now + interval || !banks_.repeats(banks, interval, now) ||
      !alike(pins.row, free_.row) || !alike(pins.column, free_.column) || floor_ != floor + interval ||
      idle_since_ != idle_since + interval)
    return;
  const int64_t times = (cycle - next_.turn.cycle) / interval;
  if (times <= 0) return;
  banks_.repeat(banks, times);
  free_.row += (free_.row - pins.row) * times;
  free_.column += (free_.column - pins.column) * times;
  floor_ += interval * times;
  idle_since_ += interval * times;
  DramCounts more = counts_;
  more -= counts;
  more *= times;
  counts_ += more;
  decided_ = false;
}

int64_t Channel::earliest_end() {
  if (window_.waiting() == 0) return kNever;
  const Timing& timing = banks_.timing();
  return next().turn.cycle + std::min(timing.read_latency, timing.write_latency) +
         (window_.fewest_left() - 1) * timing.closest_bursts;
}

CommandKind Channel::kind_of(const Decision& d) const {
  if (!is_burst(d.kind) || open_page_ || !window_.only_one_of_its_row(d.entry)) return d.kind;
  return d.kind == CommandKind::write ? CommandKind::write_auto_precharge : CommandKind::read_auto_precharge;
}

void Channel::occupy(CommandKind kind, int64_t ends) {
  const bool row_pins = scheduler_.on_row_pins(kind);
  if (row_pins || !row_bus_) free_.row = ends + 1;
  if (!row_pins) free_.column = ends + 1;
}

void Channel::issue(const Decision& d) {
  const CommandKind kind = kind_of(d);
  if (observer_ != nullptr) report(d, kind);
  const int64_t ends = d.turn.cycle + scheduler_.clocks(kind) - 1;
  occupy(kind, ends);
  if (d.entry == BurstWindow::kNone) return do_duty(d, kind, ends);
  switch (kind) {
    case CommandKind::activate:
      banks_.activate(d.bank, window_.entry(d.entry).row, ends);
      window_.rows_changed(d.bank);
      fresh_[static_cast<size_t>(d.bank)] = 1;
      ++counts_.activates;
      break;
    case CommandKind::precharge:
      banks_.precharge(d.bank, ends);
      window_.rows_changed(d.bank);
      ++counts_.precharges;
      break;
    case CommandKind::precharge_all:
    case CommandKind::refresh:
      break;  // duties
    case CommandKind::read:
    case CommandKind::read_auto_precharge:
    case CommandKind::write:
    case CommandKind::write_auto_precharge:
      issue_burst(d, kind, ends);
      break;
  }
}

void Channel::do_duty(const Decision& d, CommandKind kind, int64_t ends) {
  const bool idle = window_.waiting() == 0;
  count_sleep(d.turn.cycle - xp_, counts_);
  const int32_t unit = banks_.unit_of(d.bank);
  if (kind == CommandKind::refresh) {
    banks_.refresh(unit, ends);
    ++counts_.refreshes;
    // Beside one of less than a rank the bus goes on.
    if (refresh_mode_ == RefreshMode::all_bank) bus_log_.refresh({ends, ends + banks_.timing().rfc});
    if (idle) idle_since_ = ends + banks_.timing().rfc;
    return;
  }
  counts_.precharges += banks_.precharge_all(unit, ends);
  for (const int32_t bank : banks_.banks_of_unit(unit)) window_.rows_changed(bank);
  if (idle) idle_since_ = ends;
}

void Channel::issue_burst(const Decision& d, CommandKind kind, int64_t ends) {
  const BurstWindow::Entry entry = window_.entry(d.entry);
  banks_.burst(d.bank, entry.write, ends);
  ++(entry.write ? counts_.writes : counts_.reads);
  char& fresh = fresh_[static_cast<size_t>(d.bank)];
  counts_.row_hits += fresh != 0 ? 0 : 1;
  row_hits_[static_cast<size_t>(entry.ticket)] += fresh != 0 ? 0 : 1;
  fresh = 0;
  counts_.busy_cycles += banks_.timing().data;
  counts_.bus_bytes += burst_bytes_;
  scheduler_.served(d.entry, d.turn.cycle);
  if (kind == CommandKind::read_auto_precharge || kind == CommandKind::write_auto_precharge) {
    banks_.auto_precharge(d.bank);
    ++counts_.precharges;
  }
  const int64_t latency = entry.write ? banks_.timing().write_latency : banks_.timing().read_latency;
  bus_log_.burst(ends + latency, banks_.timing().data, entry.write, turn_cycles(d.bank, entry.write));
  last_burst_bank_ = d.bank;
  if (window_.remove(d.entry))
    ended_.push_back({entry.ticket, ends + latency, row_hits_[static_cast<size_t>(entry.ticket)]});
  if (window_.waiting() == 0) idle_since_ = ends + latency;
}

/// Cycles that the bus lies still at least between the data of the last burst and those of one in the other
/// direction.
int64_t Channel::turn_cycles(int32_t bank, bool write) const {
  const Timing& timing = banks_.timing();
  const int64_t distance = banks_.burst_distance(last_burst_bank_, !write, bank, write);
  const int64_t later = timing.write_latency - timing.read_latency;
  return distance - timing.data + (write ? later : -later);
}

void Channel::report(const Decision& d, CommandKind kind) {
  Command command;
  command.cycle = d.turn.cycle;
  command.kind = kind;
  command.channel = index_;
  command.rank = banks_.rank_of(d.bank);
  const bool duty = d.entry == BurstWindow::kNone;
  if (!duty || refresh_mode_ == RefreshMode::per_bank) command.group = banks_.group_of(d.bank);
  if (!duty || refresh_mode_ != RefreshMode::all_bank) command.bank = banks_.bank_of(d.bank);
  if (!duty) command.row = window_.entry(d.entry).row;
  const Timing& timing = banks_.timing();
  const int64_t given = d.turn.cycle + scheduler_.clocks(kind) - 1;
  command.begins = command.ends = given;
  switch (kind) {
    case CommandKind::activate:
    case CommandKind::precharge:
    case CommandKind::precharge_all:
      break;
    case CommandKind::read:
    case CommandKind::read_auto_precharge:
      command.ends = given + timing.read_latency;
      command.begins = command.ends - timing.data;
      break;
    case CommandKind::write:
    case CommandKind::write_auto_precharge:
      command.ends = given + timing.write_latency;
      command.begins = command.ends - timing.data;
      break;
    case CommandKind::refresh:
      command.ends = given + timing.rfc;
      break;
  }
  observer_->on_command(command);
}

}  // namespace fusesim::hw
