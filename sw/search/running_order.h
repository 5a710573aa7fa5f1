#pragma once

#include <cstddef>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Indices of groups in running order, of those that may run the one with the least first op first; groups in
/// circles, and after them, are left out. `each_reader(g, visit)` calls visit with every group that reads
/// group g, as often as it likes, but as often each time; never with g.
template <class EachReader>
std::vector<size_t> running_order(const std::vector<Group>& groups, const EachReader& each_reader) {
  std::vector<size_t> waits_for(groups.size(), 0);
  for (size_t g = 0; g < groups.size(); ++g) each_reader(g, [&](size_t reader) { ++waits_for[reader]; });
  using Ready = std::pair<OpId, size_t>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (waits_for[g] == 0) ready.emplace(groups[g].front(), g);
  }
  std::vector<size_t> order;
  while (!ready.empty()) {
    const size_t g = ready.top().second;
    ready.pop();
    order.push_back(g);
    each_reader(g, [&](size_t reader) {
      if (--waits_for[reader] == 0) ready.emplace(groups[reader].front(), reader);
    });
  }
  return order;
}

}  // namespace fusesim
