#include "fusesim/search/edge_explainer.h"

#include <algorithm>

namespace fusesim {

std::vector<GroupEdge> edges_inside(const Graph& graph, const Group& group) {
  std::vector<GroupEdge> edges;
  for (const OpId to : group) {
    for (const TensorId t : graph.op(to).inputs) {
      const OpId from = graph.tensor(t).producer;
      if (from >= 0 && std::binary_search(group.begin(), group.end(), from)) edges.push_back({from, to});
    }
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

}  // namespace fusesim
