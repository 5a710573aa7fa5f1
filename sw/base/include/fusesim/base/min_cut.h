#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fusesim {

/// Least capacity of a cut between two nodes of a directed network (Dinic's algorithm).
class MinCut {
 public:
  static constexpr int64_t kUncuttable = int64_t{1} << 60;

  explicit MinCut(size_t nodes) : edges_of_(nodes) {}

  void add_edge(size_t from, size_t to, int64_t capacity);
  /// Capacity of the least cut; consumes the network.
  int64_t solve(size_t source, size_t sink);

 private:
  struct Edge {
    size_t to;
    int64_t capacity;
  };

  bool find_levels(size_t source, size_t sink);
  int64_t push_flow(size_t node, size_t sink, int64_t limit);

  std::vector<Edge> edges_;  ///< edge e and its reverse e ^ 1
  std::vector<std::vector<size_t>> edges_of_;
  std::vector<int> level_;
  std::vector<size_t> next_edge_;
};

}  // namespace fusesim
