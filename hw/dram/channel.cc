#include "dram/channel.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

constexpr int64_t kStarvationFactor = 4;  // times the queue depth
// Preference among commands that are legal in one cycle: refresh duties, bursts by age, row commands by age.
constexpr int64_t kBurstOrder = int64_t{1} << 60;
constexpr int64_t kRowOrder = int64_t{1} << 61;

template <typename T>
T& at(std::vector<T>& v, int64_t i) {
  return v[static_cast<size_t>(i)];
}
template <typename T>
const T& at(const std::vector<T>& v, int64_t i) {
  return v[static_cast<size_t>(i)];
}

}  // namespace

Channel::Channel(const DramConfig& config, const AddressMap& map, int64_t index)
    : map_(map),
      timing_(config),
      banks_(config),
      index_(index),
      queue_depth_(config.queue_depth),
      starvation_limit_(kStarvationFactor * config.queue_depth),
      open_page_(config.open_page),
      entries_(static_cast<size_t>(config.queue_depth)),
      queues_(static_cast<size_t>(banks_.banks())) {
  reset();
}

void Channel::reset() {
  banks_.reset();
  free_entries_.clear();
  for (int64_t i = queue_depth_ - 1; i >= 0; --i) free_entries_.push_back(static_cast<int32_t>(i));
  std::fill(queues_.begin(), queues_.end(), BankQueue());
  active_.clear();
  backlog_.clear();
  std::fill(left_.begin(), left_.end(), 0);
  oldest_ = newest_ = kNone;
  next_age_ = overtaken_ = floor_ = waiting_ = 0;
  decided_ = false;
  counts_ = DramCounts();
  ended_.clear();
}

void Channel::push(int32_t ticket, int64_t first, int64_t count, bool write) {
  if (static_cast<size_t>(ticket) >= left_.size()) left_.resize(static_cast<size_t>(ticket) + 1, 0);
  at(left_, ticket) = count;
  waiting_ += count;
  backlog_.push_back({ticket, write, first, count});
  refill();
  decided_ = false;
}

void Channel::run_until(int64_t cycle) {
  while (true) {
    if (!decided_) next_ = choose();
    decided_ = true;
    if (next_.turn.cycle > cycle) break;
    issue(next_);
    floor_ = next_.turn.cycle + 1;
    decided_ = false;
  }
  floor_ = std::max(floor_, cycle + 1);
}

int64_t Channel::earliest_end() {
  if (waiting_ == 0) return kNever;
  if (!decided_) next_ = choose();
  decided_ = true;
  int64_t fewest = kNever;
  for (int64_t left : left_) {
    if (left > 0) fewest = std::min(fewest, left);
  }
  return next_.turn.cycle + std::min(timing_.read_latency, timing_.write_latency) +
         (fewest - 1) * timing_.closest_bursts;
}

Channel::Decision Channel::choose() const {
  Decision best;
  if (overtaken_ >= starvation_limit_) {
    best.entry = oldest_;
    best.turn = turn_of(oldest_);
  } else {
    for (const int32_t bank : active_) {
      const BankQueue& queue = at(queues_, bank);
      const int32_t entry = queue.hit != kNone ? queue.hit : queue.oldest;
      const Turn turn = turn_of(entry);
      if (!(turn < best.turn)) continue;
      best.turn = turn;
      best.entry = entry;
    }
  }
  if (best.turn.cycle >= banks_.next_refresh_due()) prefer_refresh(best);
  if (best.entry != kNone) best.bank = at(entries_, best.entry).bank;
  return best;
}

inline Channel::Turn Channel::turn_of(int32_t index) const {
  const Entry& entry = at(entries_, index);
  const int64_t open_row = banks_.open_row(entry.bank);
  Turn turn;
  if (open_row == entry.row) {
    turn = {banks_.earliest_burst(entry.bank, entry.write), kBurstOrder + entry.age};
  } else if (open_row == BankStates::kClosed) {
    turn = {banks_.earliest_activate(entry.bank), kRowOrder + entry.age};
  } else {
    turn = {banks_.earliest_precharge(entry.bank), kRowOrder + entry.age};
  }
  turn.cycle = std::max(turn.cycle, floor_);
  const bool may_be_due = turn.cycle >= banks_.next_refresh_due();
  if (may_be_due && turn.cycle >= banks_.refresh_due(banks_.rank_of(entry.bank))) turn.cycle = kNever;
  return turn;
}

void Channel::prefer_refresh(Decision& best) const {
  for (int32_t rank = 0; banks_.first_bank(rank) < banks_.banks(); ++rank) {
    const int64_t legal =
        banks_.open_banks(rank) > 0 ? banks_.earliest_precharge_all(rank) : banks_.earliest_refresh(rank);
    const Turn turn = {std::max({legal, floor_, banks_.refresh_due(rank)}), rank};
    if (!(turn < best.turn)) continue;
    best.turn = turn;
    best.entry = kNone;
    best.bank = banks_.first_bank(rank);
  }
}

CommandKind Channel::kind_of(const Decision& d) const {
  if (d.entry == kNone) {
    return banks_.open_banks(banks_.rank_of(d.bank)) > 0 ? CommandKind::precharge_all : CommandKind::refresh;
  }
  const Entry& entry = at(entries_, d.entry);
  const int64_t open_row = banks_.open_row(d.bank);
  if (open_row == BankStates::kClosed) return CommandKind::activate;
  if (open_row != entry.row) return CommandKind::precharge;
  if (closes_after(d.entry)) {
    return entry.write ? CommandKind::write_auto_precharge : CommandKind::read_auto_precharge;
  }
  return entry.write ? CommandKind::write : CommandKind::read;
}

void Channel::issue(const Decision& d) {
  BankQueue& queue = at(queues_, d.bank);
  const CommandKind kind = kind_of(d);
  if (observer_ != nullptr) report(d, kind);
  switch (kind) {
    case CommandKind::activate: {
      const int64_t row = at(entries_, d.entry).row;
      banks_.activate(d.bank, row, d.turn.cycle);
      queue.hit = next_hit(queue.oldest, row);
      queue.fresh = true;
      ++counts_.activates;
      break;
    }
    case CommandKind::precharge:
      banks_.precharge(d.bank, d.turn.cycle);
      queue.hit = kNone;
      ++counts_.precharges;
      break;
    case CommandKind::precharge_all: {
      const int32_t rank = banks_.rank_of(d.bank);
      counts_.precharges += banks_.precharge_all(rank, d.turn.cycle);
      for (int32_t b = d.bank; b < banks_.first_bank(rank + 1); ++b) at(queues_, b).hit = kNone;
      break;
    }
    case CommandKind::refresh:
      banks_.refresh(banks_.rank_of(d.bank), d.turn.cycle);
      ++counts_.refreshes;
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
  BankQueue& queue = at(queues_, d.bank);
  const Entry& entry = at(entries_, d.entry);
  banks_.burst(d.bank, entry.write, d.turn.cycle);
  const int64_t latency = entry.write ? timing_.write_latency : timing_.read_latency;
  ++(entry.write ? counts_.writes : counts_.reads);
  counts_.row_hits += queue.fresh ? 0 : 1;
  counts_.busy_cycles += timing_.data;
  counts_.bus_bytes += map_.burst_bytes();
  queue.fresh = false;
  if (--at(left_, entry.ticket) == 0) ended_.push_back({entry.ticket, d.turn.cycle + latency});
  --waiting_;
  overtaken_ = d.entry == oldest_ ? 0 : overtaken_ + 1;
  if (kind == CommandKind::read_auto_precharge || kind == CommandKind::write_auto_precharge) {
    banks_.auto_precharge(d.bank);
    ++counts_.precharges;
  }
  remove(d.entry);
  refill();
}

bool Channel::closes_after(int32_t index) const {
  if (open_page_) return false;
  const Entry& entry = at(entries_, index);
  const int32_t first = next_hit(at(queues_, entry.bank).oldest, entry.row);
  return first == index && next_hit(entry.bank_newer, entry.row) == kNone;
}

int32_t Channel::next_hit(int32_t from, int64_t row) const {
  while (from != kNone && at(entries_, from).row != row) from = at(entries_, from).bank_newer;
  return from;
}

void Channel::refill() {
  while (!free_entries_.empty() && !backlog_.empty()) {
    Run& run = backlog_.front();
    insert(run);
    ++run.next;
    if (--run.left == 0) backlog_.pop_front();
  }
}

void Channel::insert(const Run& run) {
  const int32_t index = free_entries_.back();
  free_entries_.pop_back();
  const Location location = map_.locate(run.next);
  Entry& entry = at(entries_, index);
  BankQueue& queue = at(queues_, location.bank);
  entry = {next_age_++, location.row, run.ticket,   location.bank, run.write,
           newest_,     kNone,        queue.newest, kNone};
  if (newest_ == kNone) {
    oldest_ = index;
  } else {
    at(entries_, newest_).newer = index;
  }
  newest_ = index;
  if (queue.newest == kNone) {
    queue.oldest = index;
    queue.active_at = static_cast<int32_t>(active_.size());
    active_.push_back(location.bank);
  } else {
    at(entries_, queue.newest).bank_newer = index;
  }
  queue.newest = index;
  if (queue.hit == kNone && banks_.open_row(location.bank) == location.row) queue.hit = index;
}

void Channel::remove(int32_t index) {
  const Entry& entry = at(entries_, index);
  BankQueue& queue = at(queues_, entry.bank);
  (entry.older == kNone ? oldest_ : at(entries_, entry.older).newer) = entry.newer;
  (entry.newer == kNone ? newest_ : at(entries_, entry.newer).older) = entry.older;
  (entry.bank_older == kNone ? queue.oldest : at(entries_, entry.bank_older).bank_newer) = entry.bank_newer;
  (entry.bank_newer == kNone ? queue.newest : at(entries_, entry.bank_newer).bank_older) = entry.bank_older;
  const int64_t open_row = banks_.open_row(entry.bank);
  if (open_row == BankStates::kClosed) {
    queue.hit = kNone;
  } else if (queue.hit == index) {
    queue.hit = next_hit(entry.bank_newer, open_row);
  }
  if (queue.oldest == kNone) {
    const int32_t last = active_.back();
    at(active_, queue.active_at) = last;
    at(queues_, last).active_at = queue.active_at;
    active_.pop_back();
  }
  free_entries_.push_back(index);
}

void Channel::report(const Decision& d, CommandKind kind) {
  Command command;
  command.cycle = d.turn.cycle;
  command.kind = kind;
  command.channel = index_;
  command.rank = banks_.rank_of(d.bank);
  if (d.entry != kNone) {
    command.group = banks_.group_of(d.bank);
    command.bank = banks_.bank_of(d.bank);
    command.row = at(entries_, d.entry).row;
  }
  observer_->on_command(command);
}

}  // namespace fusesim::hw
