#pragma once

#include <numeric>
#include <vector>

#include "fusesim/testing/graph_builder.h"

namespace fusesim::testing {

/// Marks the tensors as outputs and finishes the graph.
inline Graph finish(GraphBuilder& builder, const std::vector<TensorId>& outputs) {
  for (const TensorId t : outputs) builder.output(t);
  return builder.finish();
}

/// All ops of a graph as one group.
inline Group whole(const Graph& graph) {
  Group group(graph.ops.size());
  std::iota(group.begin(), group.end(), 0);
  return group;
}

}  // namespace fusesim::testing
