#pragma once

#include <deque>

#include "fusesim/base/random_source.h"
#include "fusesim/graph/graph.h"

namespace fusesim::gnn {

/// Legal groups of one network, as a random search would propose them: half of them grown from a random op to
/// a size drawn evenly on a log scale, half of them the groups of plans made by random merging.
class GroupDrawer {
 public:
  static constexpr size_t kMostOps = 40;

  explicit GroupDrawer(const Graph& graph);
  Group draw(RandomSource& random);

 private:
  Group grown(RandomSource& random) const;
  Group of_random_plan(RandomSource& random);
  void draw_plan(RandomSource& random);
  /// The least convex group that holds these ops.
  Group closure(Group ops) const;

  const Graph& graph_;
  std::vector<std::vector<OpId>> sources_;
  std::vector<std::vector<OpId>> readers_;
  std::vector<std::pair<OpId, OpId>> edges_;
  std::deque<Group> waiting_;  ///< groups of the last plan
};

}  // namespace fusesim::gnn
