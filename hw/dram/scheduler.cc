#include "dram/scheduler.h"

#include <algorithm>

namespace fusesim::hw {
namespace {

constexpr int64_t kStarvationFactor = 4;  // times the window's depth
// Preference among commands that are legal in one cycle: refresh duties, bursts by age, row commands by age.
constexpr int64_t kBurstOrder = int64_t{1} << 60;
constexpr int64_t kRowOrder = int64_t{1} << 61;

}  // namespace

Scheduler::Scheduler(const BurstWindow& window, const BankStates& banks, int64_t depth)
    : window_(window), banks_(banks), starvation_limit_(kStarvationFactor * depth) {}

Decision Scheduler::choose(int64_t floor) const {
  Decision best;
  if (overtaken_ >= starvation_limit_) {
    best.entry = window_.oldest();
    best.turn = turn_of(best.entry, floor);
  } else {
    for (const int32_t bank : window_.active_banks()) {
      const int32_t entry = window_.first_of(bank);
      const Decision::Turn turn = turn_of(entry, floor);
      if (!(turn < best.turn)) continue;
      best.turn = turn;
      best.entry = entry;
    }
  }
  if (best.turn.cycle >= banks_.next_refresh_due()) prefer_refresh(best, floor);
  if (best.entry != BurstWindow::kNone) best.bank = window_.entry(best.entry).bank;
  return best;
}

inline Decision::Turn Scheduler::turn_of(int32_t index, int64_t floor) const {
  const BurstWindow::Entry& entry = window_.entry(index);
  const int64_t open_row = banks_.open_row(entry.bank);
  Decision::Turn turn;
  if (open_row == entry.row) {
    turn = {banks_.earliest_burst(entry.bank, entry.write), kBurstOrder + entry.age};
  } else if (open_row == BankStates::kClosed) {
    turn = {banks_.earliest_activate(entry.bank), kRowOrder + entry.age};
  } else {
    turn = {banks_.earliest_precharge(entry.bank), kRowOrder + entry.age};
  }
  turn.cycle = std::max(turn.cycle, floor);
  const bool may_be_due = turn.cycle >= banks_.next_refresh_due();
  if (may_be_due && turn.cycle >= banks_.refresh_due(banks_.rank_of(entry.bank))) turn.cycle = kNever;
  return turn;
}

void Scheduler::prefer_refresh(Decision& best, int64_t floor) const {
  for (int32_t rank = 0; banks_.first_bank(rank) < banks_.banks(); ++rank) {
    const int64_t legal =
        banks_.open_banks(rank) > 0 ? banks_.earliest_precharge_all(rank) : banks_.earliest_refresh(rank);
    const Decision::Turn turn = {std::max({legal, floor, banks_.refresh_due(rank)}), rank};
    if (!(turn < best.turn)) continue;
    best.turn = turn;
    best.entry = BurstWindow::kNone;
    best.bank = banks_.first_bank(rank);
  }
}

}  // namespace fusesim::hw
