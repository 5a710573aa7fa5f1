#pragma once

#include <cstdint>
#include <vector>

#include "columns/priced_group.h"

namespace fusesim {

struct ChoiceLimits {
  int most_nodes = 1000;      ///< of the branch and bound
  double most_seconds = 0.0;  ///< 0: any
};

/// The integer programme over some groups: each op in exactly one, least sum of values (Cbc). Groups that
/// read each other in a circle are no plan; a cut forbids each circle that was met.
class GroupChoice {
 public:
  /// Among the groups is every op alone.
  GroupChoice(const Graph& graph, std::vector<PricedGroup> groups);

  /// The best choice found, in no particular order. Empty if there is none below the value to beat.
  std::vector<Group> choose(int64_t value_to_beat, const ChoiceLimits& limits);
  /// Forbids the circles of a choice. False if it has none.
  bool cut(const std::vector<Group>& choice);

 private:
  /// A tensor that goes from one group to the next of a circle.
  struct Edge {
    OpId from = -1;
    OpId to = -1;
  };
  struct Cut {
    std::vector<int> columns;
    int most = 0;
  };

  std::vector<Edge> find_circle(const std::vector<Group>& choice) const;

  const Graph& graph_;
  std::vector<PricedGroup> groups_;
  std::vector<Cut> cuts_;
};

}  // namespace fusesim
