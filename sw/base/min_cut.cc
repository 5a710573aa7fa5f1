#include "fusesim/base/min_cut.h"

#include <algorithm>

namespace fusesim {

void MinCut::add_edge(size_t from, size_t to, int64_t capacity) {
  edges_of_[from].push_back(edges_.size());
  edges_.push_back({to, capacity});
  edges_of_[to].push_back(edges_.size());
  edges_.push_back({from, 0});
}

int64_t MinCut::solve(size_t source, size_t sink) {
  int64_t total = 0;
  while (find_levels(source, sink)) {
    next_edge_.assign(edges_of_.size(), 0);
    while (const int64_t flow = push_flow(source, sink, kUncuttable)) total += flow;
  }
  return total;
}

bool MinCut::find_levels(size_t source, size_t sink) {
  level_.assign(edges_of_.size(), -1);
  level_[source] = 0;
  std::vector<size_t> queue = {source};
  for (size_t i = 0; i < queue.size(); ++i) {
    for (size_t e : edges_of_[queue[i]]) {
      const Edge& edge = edges_[e];
      if (edge.capacity == 0 || level_[edge.to] >= 0) continue;
      level_[edge.to] = level_[queue[i]] + 1;
      queue.push_back(edge.to);
    }
  }
  return level_[sink] >= 0;
}

int64_t MinCut::push_flow(size_t node, size_t sink, int64_t limit) {
  if (node == sink) return limit;
  for (size_t& i = next_edge_[node]; i < edges_of_[node].size(); ++i) {
    const size_t e = edges_of_[node][i];
    if (edges_[e].capacity == 0 || level_[edges_[e].to] != level_[node] + 1) continue;
    const int64_t flow = push_flow(edges_[e].to, sink, std::min(limit, edges_[e].capacity));
    if (flow == 0) continue;
    edges_[e].capacity -= flow;
    edges_[e ^ 1U].capacity += flow;
    return flow;
  }
  return 0;
}

}  // namespace fusesim
