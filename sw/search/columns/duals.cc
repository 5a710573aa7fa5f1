#include "columns/duals.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace fusesim {

int64_t sum_of(const std::vector<int64_t>& duals) {
  return std::accumulate(duals.begin(), duals.end(), int64_t{0});
}

int64_t sum_of(const std::vector<int64_t>& duals, const Group& group) {
  int64_t sum = 0;
  for (const OpId op : group) sum += duals[static_cast<size_t>(op)];
  return sum;
}

void lower(std::vector<int64_t>& duals, const std::vector<PricedSet>& sets) {
  std::vector<std::pair<int64_t, const PricedSet*>> ranked;
  ranked.reserve(sets.size());
  for (const PricedSet& set : sets) ranked.emplace_back(set.value - sum_of(duals, set.group), &set);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [reduced, set] : ranked) {
    const int64_t gain = sum_of(duals, set->group) - set->value;
    double positive = 0.0;
    for (const OpId op : set->group)
      positive += static_cast<double>(std::max<int64_t>(0, duals[static_cast<size_t>(op)]));
    if (gain <= 0 || positive <= 0.0) continue;
    const double kept = std::max(0.0, 1.0 - static_cast<double>(gain) / positive);
    for (const OpId op : set->group) {
      int64_t& dual = duals[static_cast<size_t>(op)];
      if (dual > 0) dual = static_cast<int64_t>(std::floor(kept * static_cast<double>(dual)));
    }
  }
}

}  // namespace fusesim
