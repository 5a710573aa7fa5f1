#pragma once

#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// Two 1x1 convolutions in a chain over three rows: x (4,3,5) -> t1 (6,3,5) -> t2 (2,3,5). Weights 24 and 12,
/// biases 6 and none.
inline Graph small_graph() {
  Graph graph;
  graph.name = "small";
  graph.tensors = {
      {"x", {4, 3, 5}, -1, {}, false}, {"t1", {6, 3, 5}, -1, {}, false}, {"t2", {2, 3, 5}, -1, {}, false}};
  graph.inputs = {0};
  graph.outputs = {2};
  for (int i = 0; i < 2; ++i) {
    Op op;
    op.name = "conv" + std::to_string(i);
    op.kind = OpKind::conv;
    op.inputs = {i};
    op.outputs = {i + 1};
    op.weights = i == 0 ? 24 : 12;
    op.biases = i == 0 ? 6 : 0;
    graph.ops.push_back(op);
  }
  graph.finish();
  return graph;
}

}  // namespace fusesim::hw
