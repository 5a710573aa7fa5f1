#include "dram/channel.h"

#include <algorithm>

namespace fusesim::hw::dram {
namespace {

constexpr int64_t kStarvationFactor = 4;  // times the queue depth

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
    if (next_.cycle > cycle) break;
    issue(next_);
    floor_ = next_.cycle + 1;
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
  return next_.cycle + std::min(timing_.read_latency, timing_.write_latency) + (fewest - 1) * timing_.ccd_s;
}

Channel::Decision Channel::choose() const {
  Decision best;
  const auto consider = [&best](const Decision& d) {
    if (d.cycle != best.cycle         ? d.cycle < best.cycle
        : d.priority != best.priority ? d.priority < best.priority
                                      : d.age < best.age) {
      best = d;
    }
  };
  if (overtaken_ >= starvation_limit_) {
    consider(for_bank(at(entries_, oldest_).bank));
  } else {
    for (int32_t bank : active_) consider(for_bank(bank));
  }
  if (best.cycle < banks_.next_refresh_due()) return best;
  for (int32_t rank = 0; banks_.first_bank(rank) < banks_.banks(); ++rank) consider(for_refresh(rank));
  return best;
}

Channel::Decision Channel::for_bank(int32_t bank) const {
  const BankQueue& queue = at(queues_, bank);
  const int32_t starving = overtaken_ >= starvation_limit_ ? oldest_ : kNone;
  Decision d;
  d.bank = bank;
  d.entry = starving != kNone ? starving : queue.hit != kNone ? queue.hit : queue.oldest;
  const Entry& entry = at(entries_, d.entry);
  const int64_t open_row = banks_.open_row(bank);
  d.priority = 2;
  d.age = entry.age;
  if (open_row == entry.row) {
    d.kind = entry.write ? CommandKind::write : CommandKind::read;
    d.cycle = banks_.earliest_burst(bank, entry.write);
    d.priority = 1;
  } else if (open_row == BankStates::kClosed) {
    d.kind = CommandKind::activate;
    d.cycle = banks_.earliest_activate(bank);
  } else {
    d.kind = CommandKind::precharge;
    d.cycle = banks_.earliest_precharge(bank);
  }
  d.cycle = std::max(d.cycle, floor_);
  if (d.cycle >= banks_.refresh_due(banks_.rank_of(bank))) d.cycle = kNever;
  return d;
}

Channel::Decision Channel::for_refresh(int32_t rank) const {
  Decision d;
  d.bank = banks_.first_bank(rank);
  if (banks_.open_banks(rank) > 0) {
    d.kind = CommandKind::precharge_all;
    d.cycle = banks_.earliest_precharge_all(rank);
  } else {
    d.kind = CommandKind::refresh;
    d.cycle = banks_.earliest_refresh(rank);
  }
  d.cycle = std::max({d.cycle, floor_, banks_.refresh_due(rank)});
  d.age = rank;
  return d;
}

void Channel::issue(const Decision& d) {
  BankQueue& queue = at(queues_, d.bank);
  if (observer_ != nullptr) report(d);
  switch (d.kind) {
    case CommandKind::activate: {
      const int64_t row = at(entries_, d.entry).row;
      banks_.activate(d.bank, row, d.cycle);
      queue.hit = next_hit(queue.oldest, row);
      queue.fresh = true;
      ++counts_.activates;
      break;
    }
    case CommandKind::precharge:
      banks_.precharge(d.bank, d.cycle);
      queue.hit = kNone;
      ++counts_.precharges;
      break;
    case CommandKind::precharge_all: {
      const int32_t rank = banks_.rank_of(d.bank);
      counts_.precharges += banks_.precharge_all(rank, d.cycle);
      for (int32_t b = d.bank; b < banks_.first_bank(rank + 1); ++b) at(queues_, b).hit = kNone;
      break;
    }
    case CommandKind::refresh:
      banks_.refresh(banks_.rank_of(d.bank), d.cycle);
      ++counts_.refreshes;
      break;
    default:
      issue_burst(d);
  }
}

void Channel::issue_burst(const Decision& d) {
  BankQueue& queue = at(queues_, d.bank);
  const Entry& entry = at(entries_, d.entry);
  banks_.burst(d.bank, entry.write, d.cycle);
  const int64_t latency = entry.write ? timing_.write_latency : timing_.read_latency;
  ++(entry.write ? counts_.writes : counts_.reads);
  counts_.row_hits += queue.fresh ? 0 : 1;
  counts_.busy_cycles += timing_.data;
  counts_.bus_bytes += map_.burst_bytes();
  queue.fresh = false;
  if (--at(left_, entry.ticket) == 0) ended_.push_back({entry.ticket, d.cycle + latency});
  --waiting_;
  overtaken_ = d.entry == oldest_ ? 0 : overtaken_ + 1;
  if (closes_after(d.entry)) {
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

void Channel::report(const Decision& d) {
  Command command;
  command.cycle = d.cycle;
  command.kind = d.kind;
  command.channel = index_;
  command.rank = banks_.rank_of(d.bank);
  if (d.kind != CommandKind::precharge_all && d.kind != CommandKind::refresh) {
    command.group = banks_.group_of(d.bank);
    command.bank = banks_.bank_of(d.bank);
  }
  if (d.entry != kNone) command.row = at(entries_, d.entry).row;
  if (d.kind == CommandKind::read && closes_after(d.entry)) command.kind = CommandKind::read_auto_precharge;
  if (d.kind == CommandKind::write && closes_after(d.entry)) command.kind = CommandKind::write_auto_precharge;
  observer_->on_command(command);
}

}  // namespace fusesim::hw::dram
