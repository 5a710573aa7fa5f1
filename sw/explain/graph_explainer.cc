#include "fusesim/explain/graph_explainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim {

std::vector<size_t> by_score(const std::vector<double>& scores) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  return order;
}

std::vector<size_t> edges_above(const std::vector<double>& scores, double threshold, double least_share) {
  const auto least =
      std::max<size_t>(1, static_cast<size_t>(std::ceil(least_share * static_cast<double>(scores.size()))));
  std::vector<size_t> order = by_score(scores);
  size_t count = 0;
  while (count < order.size() && (count < least || scores[order[count]] >= threshold)) ++count;
  order.resize(count);
  return order;
}

void check_least_share(double share) {
  if (share >= 0.0 && share <= 1.0) return;
  throw Error("least_share: expected 0 to 1, got " + std::to_string(share));
}

}  // namespace fusesim
