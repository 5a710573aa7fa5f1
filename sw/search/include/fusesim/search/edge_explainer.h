#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// A data dependence between two ops of one group.
struct GroupEdge {
  OpId from = -1;
  OpId to = -1;
  bool operator==(const GroupEdge& o) const { return from == o.from && to == o.to; }
  bool operator<(const GroupEdge& o) const { return from != o.from ? from < o.from : to < o.to; }
};

/// All edges inside a group, ascending, each pair of ops once.
std::vector<GroupEdge> edges_inside(const Graph& graph, const Group& group);

/// An edge and how much the verdict "does not fit" rests on it; larger is more.
struct BlamedEdge {
  GroupEdge edge;
  double importance = 0.0;
};

/// Names the edges that make a group too large for the buffer. Implementations: GNNExplainer, PGExplainer,
/// RG-Explainer, and the controls random_edges and all_edges. Deterministic in (group, buffer, seed) and free
/// of state that one call would leave for the next; one object per thread.
class EdgeExplainer {
 public:
  virtual ~EdgeExplainer() = default;
  /// The edges that the explanation holds, most important first (ties: ascending edge). Empty for a group of
  /// one op.
  virtual std::vector<BlamedEdge> explain(const Group& group, int64_t buffer_bytes) = 0;
};

}  // namespace fusesim
