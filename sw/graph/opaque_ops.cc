#include "fusesim/graph/opaque_ops.h"

namespace fusesim {

Graph with_opaque_ops(const Graph& graph, const std::vector<OpId>& ops) {
  Graph changed = graph;
  for (const OpId o : ops) {
    Op& op = changed.ops[static_cast<size_t>(o)];
    op.opaque_macs = model_macs(graph, op);
    op.kind = OpKind::opaque;
  }
  return changed;
}

}  // namespace fusesim
