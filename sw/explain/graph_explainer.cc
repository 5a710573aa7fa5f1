#include "fusesim/explain/graph_explainer.h"

#include <algorithm>
#include <numeric>

namespace fusesim {

std::vector<size_t> by_score(const std::vector<double>& scores) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  return order;
}

std::vector<size_t> edges_above(const std::vector<double>& scores, double threshold, size_t least) {
  std::vector<size_t> order = by_score(scores);
  size_t count = 0;
  while (count < order.size() && (count < least || scores[order[count]] >= threshold)) ++count;
  order.resize(count);
  return order;
}

}  // namespace fusesim
