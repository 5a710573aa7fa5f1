#include "fusesim/gnn/graph_input.h"

#include <algorithm>

namespace fusesim::gnn {

GraphInput induced(const GraphInput& graph, const std::vector<int32_t>& nodes) {
  GraphInput part;
  part.nodes = static_cast<int64_t>(nodes.size());
  part.feature_count = graph.feature_count;
  std::vector<int32_t> place(static_cast<size_t>(graph.nodes), -1);
  for (size_t i = 0; i < nodes.size(); ++i) {
    place[static_cast<size_t>(nodes[i])] = static_cast<int32_t>(i);
    const auto row = graph.features.begin() + nodes[i] * graph.feature_count;
    part.features.insert(part.features.end(), row, row + graph.feature_count);
  }
  for (const auto& [from, to] : graph.edges) {
    const int32_t a = place[static_cast<size_t>(from)];
    const int32_t b = place[static_cast<size_t>(to)];
    if (a >= 0 && b >= 0) part.edges.emplace_back(a, b);
  }
  return part;
}

GraphInput induced_by_edges(const GraphInput& graph, const std::vector<size_t>& edges) {
  std::vector<int32_t> nodes;
  for (const size_t e : edges) {
    nodes.push_back(graph.edges[e].first);
    nodes.push_back(graph.edges[e].second);
  }
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return induced(graph, nodes);
}

}  // namespace fusesim::gnn
