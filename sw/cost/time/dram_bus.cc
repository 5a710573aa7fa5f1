#include "time/dram_bus.h"

#include <algorithm>
#include <cmath>

#include "fusesim/base/ceil_div.h"

namespace fusesim {
namespace {

/// The controller prefers its oldest burst after so many times as many others as it chooses among.
constexpr int64_t kMostOvertaken = 4;
/// Command cycles that ticks may be off: no less than one tick, or the next cycle would always lie ahead.
constexpr double kRounded = 0.01;

int64_t to_ticks(double cycles) { return std::llround(cycles * static_cast<double>(kTicksPerCycle)); }

}  // namespace

DramBus::DramBus(const DramTime& time, const DramPart& dram, bool refreshes)
    : time_(time),
      refreshes_here_(refreshes),
      burst_bytes_(dram.burst_bytes()),
      turn_bursts_(time.turn_bursts()),
      window_bursts_(time.window_bursts()),
      choice_bursts_(dram.queue_depth * dram.channels),
      setup_(to_ticks(time.setup_cycles())),
      refresh_period_(std::max<int64_t>(1, to_ticks(time.refresh_period()))),
      refresh_(to_ticks(time.refresh_cycles())),
      ranks_that_close_(dram.refresh == RefreshMode::all_bank ? dram.ranks : 0),
      latency_{to_ticks(time.latency_cycles(false)), to_ticks(time.latency_cycles(true))},
      turnaround_{to_ticks(time.turnaround_cycles(false)), to_ticks(time.turnaround_cycles(true))},
      close_after_{to_ticks(time.close_cycles(false)), to_ticks(time.close_cycles(true))},
      open_(to_ticks(time.open_cycles())),
      reopen_(to_ticks(time.reopen_cycles())),
      stay_open_(to_ticks(time.stay_open_cycles())),
      same_group_(to_ticks(time.same_group_cycles())),
      clock_ticks_(time.clock_cycles() * static_cast<double>(kTicksPerCycle)),
      rounded_(std::max(kRounded, 1.0 / clock_ticks_)),
      burst_ticks_(time.peak_burst_cycles() * static_cast<double>(kTicksPerCycle)),
      banks_(dram) {}

void DramBus::reset() {
  banks_.reset();
  setting_up_ = {};
  sending_.clear();
  for (std::deque<Transfer>& queue : queues_) queue.clear();
  queue_.clear();
  answers_ = {};
  turns_.clear();
  under_way_ = overtaken_ = bus_end_ = next_start_ = refreshes_ = 0;
  wrote_ = false;
  last_burst_ = -1;
  activates_ = closed_ = 0;
  bursts_[0] = bursts_[1] = 0;
}

void DramBus::begin(const Transfer& transfer, int64_t now) {
  setting_up_.push({now + setup_, transfer});
  const auto owner = static_cast<size_t>(transfer.owner);
  if (turns_.size() <= owner) turns_.resize(owner + 1, 0);
  turns_[owner] = 1;
}

int64_t DramBus::next() const {
  int64_t time = kNever;
  if (!setting_up_.empty()) time = setting_up_.top().ready;
  if (!answers_.empty()) time = std::min(time, answers_.top().time);
  if (!queue_.empty()) time = std::min(time, std::max(bus_end_, next_start_));
  return time;
}

void DramBus::advance(int64_t now, std::vector<int>& ended) {
  while (!answers_.empty() && answers_.top().time <= now) {
    const Answer answer = answers_.top();
    answers_.pop();
    under_way_ -= answer.bursts;
    if (--turns_[static_cast<size_t>(answer.owner)] == 0) ended.push_back(answer.owner);
  }
  send_turns(now);
  // Those that are ready in this moment come after those that were before.
  while (!setting_up_.empty() && setting_up_.top().ready <= now) {
    join(setting_up_.top().transfer);
    setting_up_.pop();
  }
  send_turns(now);
  serve(now);
}

void DramBus::join(const Transfer& transfer) {
  if (transfer.queue >= 0) {
    std::deque<Transfer>& queue = queues_[static_cast<size_t>(transfer.queue)];
    queue.push_back(transfer);
    if (queue.size() > 1) return;
  }
  sending_.push_back({transfer, transfer.address, transfer.address + transfer.bytes});
}

void DramBus::leave(int number) {
  if (number < 0) return;
  std::deque<Transfer>& queue = queues_[static_cast<size_t>(number)];
  queue.pop_front();
  if (queue.empty()) return;
  const Transfer& next = queue.front();
  sending_.push_back({next, next.address, next.address + next.bytes});
}

void DramBus::send_turns(int64_t now) {
  while (!sending_.empty()) {
    Sending sending = sending_.front();
    const int64_t first = sending.address / burst_bytes_;
    const int64_t all = ceil_div(sending.end, burst_bytes_) - first;
    const int64_t bursts = std::min(turn_bursts_, all);
    if (under_way_ > 0 && under_way_ + bursts > window_bursts_) return;
    sending_.pop_front();
    under_way_ += bursts;
    Transfer& transfer = sending.transfer;
    const bool last = bursts == all && transfer.pieces == 1;
    bursts_[transfer.writes ? 1 : 0] += bursts;
    // One more than are under way while there are more to send.
    turns_[static_cast<size_t>(transfer.owner)] += last ? 0 : 1;
    const int64_t stretch = first * burst_bytes_ / banks_.stretch_bytes();
    queue_.push_back({transfer.owner, first, bursts, transfer.writes, now, stretch, &banks_.bank(stretch)});
    if (last) {
      leave(transfer.queue);
      continue;
    }
    sending.address = (first + bursts) * burst_bytes_;
    if (bursts == all) {
      --transfer.pieces;
      transfer.address += transfer.stride_bytes;
      sending.address = transfer.address;
      sending.end = transfer.address + transfer.bytes;
    }
    sending_.push_back(sending);
  }
}

/// The beginning of the command cycle from which on the bus has turned round for it and its row is open.
int64_t DramBus::earliest(const Turn& turn, int64_t now) {
  const double cycles = std::ceil(static_cast<double>(possible(turn, now)) / clock_ticks_ - rounded_);
  return static_cast<int64_t>(std::ceil(cycles * clock_ticks_));
}

int64_t DramBus::possible(const Turn& turn, int64_t now) {
  int64_t free = bus_end_;
  if (turn.writes != wrote_) {
    free += turnaround_[turn.writes ? 1 : 0];
  } else if (last_burst_ >= 0 && banks_.same_group(turn.first_burst, last_burst_)) {
    free += same_group_;
  }
  const int64_t start = std::max(now, free);
  const DramBanks::Bank& bank = *turn.bank;
  if (bank.stretch == turn.stretch) return std::max(start, bank.open);
  const bool closed = bank.stretch < 0;
  return std::max(start, closed ? turn.sent + open_ : std::max(turn.sent, bank.ready) + reopen_);
}

/// It ends before another one may begin.
bool DramBus::fits_before(const Turn& turn, int64_t start, int64_t before) const {
  const bool turns_round = turn.writes != queue_.front().writes;
  const int64_t pause = turns_round ? turnaround_[queue_.front().writes ? 1 : 0] : 0;
  return start + length(turn) + pause <= before;
}

/// Of the turns that the controller sees the one that can begin first; once the oldest has been overtaken too
/// often, nothing that delays it.
size_t DramBus::choose(int64_t now, int64_t& start) {
  const int64_t oldest_start = earliest(queue_.front(), now);
  start = oldest_start;
  size_t chosen = 0;
  const bool guarded = overtaken_ >= kMostOvertaken * choice_bursts_;
  int64_t before = queue_.front().bursts;
  for (size_t i = 1; i < queue_.size() && before < choice_bursts_ && start > now; ++i) {
    const int64_t time = earliest(queue_[i], now);
    if (time < start && (!guarded || fits_before(queue_[i], time, oldest_start))) {
      start = time;
      chosen = i;
    }
    before += queue_[i].bursts;
  }
  return chosen;
}

void DramBus::serve(int64_t now) {
  if (queue_.empty() || now < bus_end_) return;
  const size_t chosen = choose(now, next_start_);
  if (next_start_ > now) return;
  const Turn turn = queue_[chosen];
  queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(chosen));
  overtaken_ = chosen == 0 ? 0 : overtaken_ + turn.bursts;
  wrote_ = turn.writes;
  last_burst_ = turn.first_burst + turn.bursts - 1;
  if (refreshes_here_ && ranks_that_close_ == 0) {
    const double pause = static_cast<double>(now - bus_end_) / kTicksPerCycle;
    closed_ += time_.closed_in_pause(pause) * kTicksPerCycle;
  }
  bus_end_ = after_refreshes(now, length(turn));
  open_rows(turn, now);
  answers_.push({bus_end_ + latency_[turn.writes ? 1 : 0], turn.bursts, turn.owner});
}

void DramBus::open(DramBanks::Bank& bank, int64_t stretch, int64_t bursts, int64_t activated) {
  activates_ += banks_.rows(static_cast<double>(bursts));
  bank = {stretch, activated + open_, activated + stay_open_};
}

void DramBus::open_rows(const Turn& turn, int64_t now) {
  const int64_t bursts_of_stretch = banks_.stretch_bytes() / burst_bytes_;
  const int64_t end = turn.first_burst + turn.bursts;
  int64_t first = turn.first_burst;
  DramBanks::Bank* bank = turn.bank;
  for (int64_t stretch = turn.stretch;; bank = &banks_.bank(++stretch)) {
    const int64_t last = std::min(end, (stretch + 1) * bursts_of_stretch);
    if (bank->stretch != stretch) open(*bank, stretch, last - first, now - open_);
    bank->ready = std::max(bank->ready, bus_end_ + close_after_[turn.writes ? 1 : 0]);
    first = last;
    if (first == end) return;
  }
}

/// End of what begins at `start`; a refresh at the end of every period comes first. Each closes a rank until
/// something begins.
int64_t DramBus::after_refreshes(int64_t start, int64_t length) {
  if (!refreshes_here_) return start + length;
  const int64_t first = (refreshes_ + 1) * refresh_period_;
  int64_t closed_ranks = 0;
  const int64_t due = start / refresh_period_;
  if (due > refreshes_) {
    closed_ranks = due - refreshes_;
    // After a round of refreshes no row is open: of a long pause the last round is enough.
    for (int64_t r = std::max(refreshes_, due - banks_.refreshes()); r < due; ++r) banks_.refresh(r);
    refreshes_ = due;
  }
  const int64_t into = start % refresh_period_;
  if (start >= refresh_period_ && into < refresh_) start += refresh_ - into;
  if (closed_ranks > 0 && ranks_that_close_ > 0) {
    const auto share = static_cast<double>(std::min(closed_ranks, ranks_that_close_)) /
                       static_cast<double>(ranks_that_close_);
    closed_ += static_cast<double>(start - first) * share;
  }
  const int64_t left = refresh_period_ - start % refresh_period_;
  if (length <= left) return start + length;
  banks_.refresh(refreshes_++);
  if (ranks_that_close_ > 0)
    closed_ += static_cast<double>(refresh_) / static_cast<double>(ranks_that_close_);
  return start + length + refresh_;
}

void DramBus::open_before(int64_t address, int64_t bytes) {
  const int64_t first = address / banks_.stretch_bytes();
  const int64_t last = (address + bytes - 1) / banks_.stretch_bytes();
  if (last - first >= banks_.count()) return;
  for (int64_t stretch = first; stretch <= last; ++stretch) banks_.bank(stretch) = {stretch, 0, 0};
}

}  // namespace fusesim
