#include "dram/scheduler.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

constexpr int64_t kStarvationFactor = 4;  // times the window's depth
// Preference among commands that are legal in one cycle: refresh duties, the burst that was overtaken too
// often, bursts by age, row commands by age.
constexpr int64_t kOvertakenOrder = int64_t{1} << 59;
constexpr int64_t kBurstOrder = int64_t{1} << 60;
constexpr int64_t kRowOrder = int64_t{1} << 61;

// Shares of their queue at which writes begin and end to drain: the defaults of Ramulator 2.0 (Luo et al.,
// IEEE CAL 2023).
constexpr int64_t percent(int64_t share, int64_t depth) { return share * depth / 100; }
constexpr int64_t kDrainFrom = 80;
constexpr int64_t kDrainTo = 20;

}  // namespace

Scheduler::Scheduler(const BurstWindow& window, const BankStates& banks, const DramConfig& config)
    : window_(window),
      banks_(banks),
      scheduling_(config.scheduling),
      write_drain_(config.write_drain),
      open_page_(config.open_page),
      row_bus_(config.row_bus),
      one_bank_refreshes_(config.refresh == RefreshMode::per_bank),
      hit_cap_(config.hit_cap),
      starvation_limit_(kStarvationFactor * config.queue_depth),
      drain_from_(std::max<int64_t>(1, percent(kDrainFrom, config.queue_depth))),
      drain_to_(percent(kDrainTo, config.queue_depth)),
      patience_(config.rp + config.rcd + config.cl) {
  const auto set = [this](CommandKind kind, int64_t clocks) { clocks_[static_cast<size_t>(kind)] = clocks; };
  set(CommandKind::activate, config.activate_clocks);
  set(CommandKind::precharge, config.precharge_clocks);
  set(CommandKind::precharge_all, config.precharge_clocks);
  set(CommandKind::refresh, config.refresh_clocks);
  set(CommandKind::read, config.burst_clocks);
  set(CommandKind::read_auto_precharge, config.burst_clocks);
  set(CommandKind::write, config.burst_clocks);
  set(CommandKind::write_auto_precharge, config.burst_clocks);
  const bool one_clock =
      std::all_of(std::begin(clocks_), std::end(clocks_), [](int64_t c) { return c == 1; });
  plain_ = one_clock && !row_bus_ && hit_cap_ == 0 && scheduling_ == Scheduling::fr_fcfs &&
           write_drain_ == WriteDrain::none;
}

void Scheduler::reset() {
  overtaken_ = 0;
  draining_ = writes_go_ = false;
  writes_wait_until_ = 0;
}

bool Scheduler::on_row_pins(CommandKind kind) const { return row_bus_ && !is_burst(kind); }

Decision Scheduler::choose(const CommandPins& pins) {
  Decision best = plain_ && overtaken_ < starvation_limit_ ? first_plain(pins.row) : first_of_all(pins);
  if (best.turn.cycle >= banks_.next_refresh_due()) prefer_refresh(best, pins);
  return best;
}

/// What first_of_all() finds where each command takes one clock on the pins that all share, banks serve hits
/// first without a cap, and no burst is preferred.
inline Decision Scheduler::first_plain(int64_t free) const {
  Decision best;
  for (const int32_t bank : window_.active_banks()) {
    const int32_t index = window_.first_of(bank, 0);
    const BurstWindow::Entry& entry = window_.entry(index);
    const int64_t open_row = banks_.open_row(bank);
    int64_t legal = 0;
    int64_t order = entry.age;
    if (open_row == entry.row) {
      legal = banks_.earliest_burst(bank, entry.write);
      order += kBurstOrder;
    } else {
      legal =
          open_row == BankStates::kClosed ? banks_.earliest_activate(bank) : banks_.earliest_precharge(bank);
      order += kRowOrder;
    }
    const Decision::Turn turn = {std::max(legal, free), order};
    if (!(turn < best.turn) || must_refresh_first(bank, turn.cycle)) continue;
    best.turn = turn;
    best.entry = index;
  }
  if (best.entry == BurstWindow::kNone) return best;
  best.bank = window_.entry(best.entry).bank;
  best.kind = kind_for(window_.entry(best.entry));
  return best;
}

inline bool Scheduler::must_refresh_first(int32_t bank, int64_t ends) const {
  return ends >= banks_.next_refresh_due() && ends >= banks_.refresh_due(banks_.unit_of(bank));
}

Decision Scheduler::first_of_all(const CommandPins& pins) {
  choose_direction();
  CommandPins free = pins;
  if (writes_go_ && !draining_) {
    free.row = std::max(free.row, writes_wait_until_);
    free.column = std::max(free.column, writes_wait_until_);
  }
  Decision best;
  Decision preferred;
  if (overtaken_ >= starvation_limit_) {
    preferred = command_for(window_.oldest(), free);
    preferred.turn.order = kOvertakenOrder;
  }
  const bool guarded = preferred.turn.cycle != kNever;
  if (guarded) best = preferred;
  for (const int32_t bank : window_.active_banks()) {
    if (guarded && bank == preferred.bank) continue;
    const int32_t entry = first_of(bank);
    if (entry == BurstWindow::kNone) continue;
    const Decision next = command_for(entry, free);
    if (!(next.turn < best.turn) || (guarded && delays(next, preferred))) continue;
    best = next;
  }
  return best;
}

void Scheduler::choose_direction() {
  if (write_drain_ == WriteDrain::none) return;
  const int64_t writes = window_.count(true);
  if (draining_) {
    draining_ = writes > drain_to_;
  } else {
    draining_ = writes >= drain_from_;
  }
  writes_go_ = draining_ || window_.count(false) == 0;
}

inline int32_t Scheduler::first_of(int32_t bank) const {
  if (scheduling_ == Scheduling::fcfs) return window_.oldest_of(bank);
  if (write_drain_ == WriteDrain::none) return window_.first_of(bank, hit_cap_);
  return window_.first_of(bank, hit_cap_, writes_go_);
}

inline CommandKind Scheduler::kind_for(const BurstWindow::Entry& entry) const {
  const int64_t open_row = banks_.open_row(entry.bank);
  if (open_row == BankStates::kClosed) return CommandKind::activate;
  if (open_row != entry.row) return CommandKind::precharge;
  return entry.write ? CommandKind::write : CommandKind::read;
}

inline Decision Scheduler::command_for(int32_t index, const CommandPins& free) const {
  const BurstWindow::Entry& entry = window_.entry(index);
  Decision d;
  d.bank = entry.bank;
  d.entry = index;
  d.kind = kind_for(entry);
  int64_t legal = 0;
  if (d.kind == CommandKind::activate) {
    legal = banks_.earliest_activate(entry.bank);
  } else if (d.kind == CommandKind::precharge) {
    legal = banks_.earliest_precharge(entry.bank);
  } else {
    if (scheduling_ == Scheduling::fcfs && index != window_.oldest()) return d;
    legal = banks_.earliest_burst(entry.bank, entry.write);
  }
  const bool burst = is_burst(d.kind);
  d.turn.order = (burst ? kBurstOrder : kRowOrder) + entry.age;
  d.turn.cycle = std::max(legal - clocks(d.kind) + 1, burst ? free.column : free.row);
  if (must_refresh_first(entry.bank, d.turn.cycle + clocks(d.kind) - 1)) d.turn.cycle = kNever;
  return d;
}

/// The preferred burst's next command could not go when it might without the other one.
bool Scheduler::delays(const Decision& other, const Decision& preferred) const {
  const bool burst = is_burst(other.kind);
  const bool preferred_burst = is_burst(preferred.kind);
  const int64_t ends = other.turn.cycle + clocks(other.kind) - 1;
  const int64_t preferred_ends = preferred.turn.cycle + clocks(preferred.kind) - 1;
  const bool pins = !row_bus_ || burst == preferred_burst;
  if (pins && ends >= preferred.turn.cycle) return true;
  if (burst && preferred_burst) {
    const int64_t distance = banks_.burst_distance(other.bank, window_.entry(other.entry).write,
                                                   preferred.bank, window_.entry(preferred.entry).write);
    return ends + distance > preferred_ends;
  }
  if (other.kind != preferred.kind || banks_.rank_of(other.bank) != banks_.rank_of(preferred.bank))
    return false;
  return other.kind == CommandKind::activate || ends + banks_.timing().ppd > preferred_ends;
}

void Scheduler::prefer_refresh(Decision& best, const CommandPins& free) const {
  for (int32_t unit = 0; unit < banks_.units(); ++unit) {
    Decision duty;
    duty.bank = banks_.banks_of_unit(unit).front();
    duty.kind = CommandKind::refresh;
    int64_t legal = 0;
    if (banks_.open_banks(unit) > 0) {
      duty.kind = one_bank_refreshes_ ? CommandKind::precharge : CommandKind::precharge_all;
      legal = banks_.earliest_precharge_all(unit);
    } else {
      legal = banks_.earliest_refresh(unit);
    }
    const int64_t starts = std::max(legal, banks_.refresh_due(unit)) - clocks(duty.kind) + 1;
    duty.turn = {std::max(starts, free.row), unit};
    if (duty.turn < best.turn) best = duty;
  }
}

}  // namespace fusesim::hw
