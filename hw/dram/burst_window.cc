#include "dram/burst_window.h"

#include <algorithm>

namespace fusesim::hw {

BurstWindow::BurstWindow(const AddressMap& map, const BankStates& banks, int64_t depth, bool write_queue)
    : map_(map),
      banks_(banks),
      most_of_one_direction_(depth),
      entries_(static_cast<size_t>(write_queue ? 2 * depth : depth)),
      queues_(static_cast<size_t>(banks.banks())) {
  reset();
}

void BurstWindow::reset() {
  free_entries_.clear();
  for (size_t i = entries_.size(); i-- > 0;) free_entries_.push_back(static_cast<int32_t>(i));
  std::fill(queues_.begin(), queues_.end(), BankQueue());
  active_.clear();
  backlog_.clear();
  std::fill(left_.begin(), left_.end(), 0);
  oldest_ = newest_ = kNone;
  next_age_ = waiting_ = 0;
  counts_[0] = counts_[1] = 0;
}

void BurstWindow::push(int32_t ticket, int64_t first, int64_t count, bool write) {
  if (static_cast<size_t>(ticket) >= left_.size()) left_.resize(static_cast<size_t>(ticket) + 1, 0);
  left_[static_cast<size_t>(ticket)] = count;
  waiting_ += count;
  backlog_.push_back({ticket, write, first, count});
  refill();
}

int64_t BurstWindow::fewest_left() const {
  int64_t fewest = kNever;
  for (const int64_t left : left_) {
    if (left > 0) fewest = std::min(fewest, left);
  }
  return fewest;
}

void BurstWindow::rows_changed(int32_t bank) {
  const int64_t open_row = banks_.open_row(bank);
  queue(bank).hit = open_row == BankStates::kClosed ? kNone : next_hit(queue(bank).oldest, open_row);
}

bool BurstWindow::only_one_of_its_row(int32_t i) const {
  const Entry& mine = entry(i);
  return next_hit(queue(mine.bank).oldest, mine.row) == i && next_hit(mine.bank_newer, mine.row) == kNone;
}

int32_t BurstWindow::first_of(int32_t bank, int64_t cap, bool write) const {
  const BankQueue& mine = queue(bank);
  const int64_t open_row = banks_.open_row(bank);
  const bool capped = cap > 0 && mine.overtaken >= cap;
  int32_t oldest = kNone;
  for (int32_t i = mine.oldest; i != kNone; i = entry(i).bank_newer) {
    if (entry(i).write != write) continue;
    if (entry(i).row == open_row && !capped) return i;
    if (oldest == kNone) oldest = i;
  }
  return oldest;
}

int32_t BurstWindow::next_hit(int32_t from, int64_t row) const {
  while (from != kNone && entry(from).row != row) from = entry(from).bank_newer;
  return from;
}

void BurstWindow::refill() {
  while (!free_entries_.empty() && !backlog_.empty()) {
    Run& run = backlog_.front();
    if (count(run.write) == most_of_one_direction_) return;
    insert(run);
    ++run.next;
    if (--run.left == 0) backlog_.pop_front();
  }
}

void BurstWindow::insert(const Run& run) {
  const int32_t index = free_entries_.back();
  free_entries_.pop_back();
  const Location location = map_.locate(run.next);
  BankQueue& mine = queue(location.bank);
  ++counts_[run.write ? 1 : 0];
  at(index) = {next_age_++, location.row, run.ticket,  location.bank, run.write,
               newest_,     kNone,        mine.newest, kNone};
  if (newest_ == kNone) {
    oldest_ = index;
  } else {
    at(newest_).newer = index;
  }
  newest_ = index;
  if (mine.newest == kNone) {
    mine.oldest = index;
    mine.active_at = static_cast<int32_t>(active_.size());
    active_.push_back(location.bank);
  } else {
    at(mine.newest).bank_newer = index;
  }
  mine.newest = index;
  if (mine.hit == kNone && banks_.open_row(location.bank) == location.row) mine.hit = index;
}

bool BurstWindow::remove(int32_t index) {
  const Entry& gone = entry(index);
  BankQueue& mine = queue(gone.bank);
  --counts_[gone.write ? 1 : 0];
  mine.overtaken = mine.oldest == index ? 0 : mine.overtaken + 1;
  (gone.older == kNone ? oldest_ : at(gone.older).newer) = gone.newer;
  (gone.newer == kNone ? newest_ : at(gone.newer).older) = gone.older;
  (gone.bank_older == kNone ? mine.oldest : at(gone.bank_older).bank_newer) = gone.bank_newer;
  (gone.bank_newer == kNone ? mine.newest : at(gone.bank_newer).bank_older) = gone.bank_older;
  const int64_t open_row = banks_.open_row(gone.bank);
  if (open_row == BankStates::kClosed) {
    mine.hit = kNone;
  } else if (mine.hit == index) {
    mine.hit = next_hit(gone.bank_newer, open_row);
  }
  if (mine.oldest == kNone) {
    const int32_t last = active_.back();
    active_[static_cast<size_t>(mine.active_at)] = last;
    queue(last).active_at = mine.active_at;
    active_.pop_back();
  }
  --waiting_;
  const bool last_of_ticket = --left_[static_cast<size_t>(gone.ticket)] == 0;
  free_entries_.push_back(index);
  refill();
  return last_of_ticket;
}

}  // namespace fusesim::hw
