#include "columns/knapsack_gain.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fusesim {
namespace {

/// Steps of free storage in the table.
constexpr size_t kGainSteps = 64;

}  // namespace

void KnapsackGain::run(size_t positions, std::vector<Item> items, int64_t buffer_bytes) {
  buffer_bytes_ = buffer_bytes;
  steps_per_byte_ = static_cast<double>(kGainSteps) / static_cast<double>(buffer_bytes);
  std::stable_sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return static_cast<double>(a.gain) * static_cast<double>(b.bytes + 1) >
           static_cast<double>(b.gain) * static_cast<double>(a.bytes + 1);
  });
  gains_.assign(positions, std::vector<int64_t>(kGainSteps + 1, 0));
  const double step_bytes = static_cast<double>(buffer_bytes) / kGainSteps;
  for (size_t i = 0; i < positions; ++i) {
    double bytes = 0.0;
    double gain = 0.0;
    size_t free = 0;
    for (const Item& item : items) {
      if (item.position <= i) continue;
      const auto own = static_cast<double>(item.bytes);
      for (; free <= kGainSteps && bytes + own > static_cast<double>(free) * step_bytes; ++free) {
        const double room = std::max(0.0, static_cast<double>(free) * step_bytes - bytes);
        gains_[i][free] =
            static_cast<int64_t>(std::ceil(gain + static_cast<double>(item.gain) * room / own)) + 1;
      }
      bytes += own;
      gain += static_cast<double>(item.gain);
      if (free > kGainSteps) break;
    }
    for (; free <= kGainSteps; ++free) gains_[i][free] = static_cast<int64_t>(std::ceil(gain)) + 1;
  }
}

int64_t KnapsackGain::most(size_t position, int64_t used_bytes) const {
  if (gains_.empty()) return std::numeric_limits<int64_t>::max();
  const auto free = static_cast<double>(buffer_bytes_ - 1 - used_bytes);
  const auto step = static_cast<size_t>(free * steps_per_byte_) + 1;  // rounded up, or one more
  return gains_[position][std::min(step, kGainSteps)];
}

}  // namespace fusesim
