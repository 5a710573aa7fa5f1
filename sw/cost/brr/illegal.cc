#include <vector>

#include "brr/tiling.h"

namespace fusesim {
namespace {

/// The first op behind `pooled` inside the group that multiplies a whole map by it; nullptr: none.
const LocalOp* rescales(const GroupView& view, const LocalTensor& pooled) {
  std::vector<char> reached(view.tensors.size(), 0);
  reached[static_cast<size_t>(view.ops[static_cast<size_t>(pooled.producer)].output)] = 1;
  for (const LocalOp& op : view.ops) {
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const Edge& e = view.edges[static_cast<size_t>(k)];
      if (reached[static_cast<size_t>(e.tensor)] == 0) continue;
      if (e.rule == RowRule::whole) return &op;
      reached[static_cast<size_t>(op.output)] = 1;
    }
  }
  return nullptr;
}

}  // namespace

std::string pooled_inside_reason(const GroupView& view, const LocalTensor& pooled) {
  const Edge& edge =
      view.edges[static_cast<size_t>(view.reader_edges[static_cast<size_t>(pooled.readers_begin)])];
  const std::string& pool = view.ops[static_cast<size_t>(pooled.producer)].op->name;
  const std::string& reader = view.ops[static_cast<size_t>(edge.op)].op->name;
  std::string rule = "GlobalAvgPool '" + pool + "' is not last in its branch: op '" + reader + "' reads it";
  const LocalOp* scale = rescales(view, pooled);
  if (scale == nullptr) return rule;
  return "squeeze-and-excite inside the group: " + rule + ", and op '" + scale->op->name +
         "' rescales a map by the result";
}

std::string matrix_inside_reason(const Op& matmul) {
  return "matmul '" + matmul.name +
         "' reads all rows of its second operand for each of its own, and a tile makes a part of them: that "
         "operand has to come from outside the group";
}

}  // namespace fusesim
