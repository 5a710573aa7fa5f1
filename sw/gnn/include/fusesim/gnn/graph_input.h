#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace fusesim::gnn {

/// One graph as the network sees it.
struct GraphInput {
  int64_t nodes = 0;
  int64_t feature_count = 0;
  std::vector<float> features;  ///< nodes x feature_count, row by row
  /// Every connected pair of nodes once (for groups: producer, consumer), ascending. A message passes along
  /// an edge in both directions, and both carry the edge's one weight.
  std::vector<std::pair<int32_t, int32_t>> edges;
};

/// The graph that is left when only these nodes (ascending) stay; their edges among themselves stay too.
GraphInput induced(const GraphInput& graph, const std::vector<int32_t>& nodes);

/// The graph that is left when only the nodes at the ends of these edges (indices into edges) stay. An empty
/// choice gives a graph without nodes, which every network accepts.
GraphInput induced_by_edges(const GraphInput& graph, const std::vector<size_t>& edges);

}  // namespace fusesim::gnn
