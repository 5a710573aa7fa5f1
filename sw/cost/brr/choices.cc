#include "brr/choices.h"

#include <algorithm>
#include <tuple>

namespace fusesim {
namespace {

auto order(const BrrChoice& c) {
  return std::make_tuple(c.bytes, c.cycles, c.energy_pj, c.tiles, c.buffer_bytes);
}

bool no_worse(const BrrChoice& a, const BrrChoice& b) {
  return a.bytes <= b.bytes && a.cycles <= b.cycles && a.energy_pj <= b.energy_pj;
}

/// Of 1000 random networks, averages of 95 in 100 groups are less than an eighth off the machine.
constexpr int64_t kAveragesAreOff = 8;

}  // namespace

bool BrrChoices::worth_playing(const BrrChoice& averages) {
  const auto rules_out = [&averages](const BrrChoice& other) {
    return no_worse(other, averages) && other.cycles + other.cycles / kAveragesAreOff < averages.cycles;
  };
  if (std::any_of(averages_.begin(), averages_.end(), rules_out)) return false;
  averages_.push_back(averages);
  return true;
}

void BrrChoices::add(const BrrChoice& choice) {
  if (keep_ == Keep::least_traffic) {
    if (kept_.empty()) {
      kept_.push_back(choice);
    } else if (order(choice) < order(kept_.front())) {
      kept_.front() = choice;
    }
    return;
  }
  if (keep_ == Keep::ties) {
    if (!kept_.empty() && choice.bytes > kept_.front().bytes) return;
    if (!kept_.empty() && choice.bytes < kept_.front().bytes) kept_.clear();
    kept_.push_back(choice);
    return;
  }
  const auto at =
      std::lower_bound(kept_.begin(), kept_.end(), choice,
                       [](const BrrChoice& a, const BrrChoice& b) { return order(a) < order(b); });
  const auto beats = [&choice](const BrrChoice& other) { return no_worse(other, choice); };
  if (std::any_of(kept_.begin(), at, beats)) return;
  const auto kept = kept_.insert(at, choice);
  kept_.erase(std::remove_if(std::next(kept), kept_.end(),
                             [&choice](const BrrChoice& other) { return no_worse(choice, other); }),
              kept_.end());
}

}  // namespace fusesim
