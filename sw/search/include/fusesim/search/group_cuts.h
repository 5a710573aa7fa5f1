#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fusesim/base/random_source.h"
#include "fusesim/graph/graph.h"
#include "fusesim/search/edge_explainer.h"

namespace fusesim {

/// The ops of one group and the data dependences inside it. Nodes are positions in the group, so that they
/// are numbered topologically. Does not refer to the graph once built.
class GroupDag {
 public:
  using Node = uint32_t;

  GroupDag(const Graph& graph, const Group& group);

  size_t size() const { return group_.size(); }
  const Group& group() const { return group_; }
  OpId op(Node node) const { return group_[node]; }
  /// Position of an op of the group.
  Node node(OpId op) const;
  const std::vector<Node>& sources(Node node) const { return sources_[node]; }
  const std::vector<Node>& readers(Node node) const { return readers_[node]; }
  /// Ascending.
  const std::vector<std::pair<Node, Node>>& edges() const { return edges_; }

 private:
  Group group_;
  std::vector<std::vector<Node>> sources_;
  std::vector<std::vector<Node>> readers_;
  std::vector<std::pair<Node, Node>> edges_;
};

/// A legal group as two legal groups, `first` before `second`: no edge leads from second to first.
struct GroupCut {
  Group first;
  Group second;
  bool operator==(const GroupCut& o) const { return first == o.first; }
  bool operator<(const GroupCut& o) const { return first < o.first; }
};

/// All cuts of a connected group into a connected part that holds edge.from and a connected part after it
/// that holds edge.to. Such a cut goes through every path beside the edge exactly once: it cuts the skips
/// that the edge lies under, and one edge of each path that the edge skips (paper, Method 4). Past `limit`
/// choices, only those that cut the ops beside the edge at one of up to five places of their topological
/// order, from none of them to all. In a fixed order, none twice.
std::vector<GroupCut> cuts_at(const GroupDag& dag, GroupEdge edge, size_t limit = 64);

/// A cut at a random place, blind to cost. The group is connected and has at least two ops.
GroupCut random_cut(const GroupDag& dag, RandomSource& random);

}  // namespace fusesim
