#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fusesim/base/checked.h"
#include "fusesim/cost/group_cost.h"
#include "fusesim/cost/work_floor.h"
#include "fusesim/graph/graph.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// "op 'conv1'", "the 3 ops from 'conv1' to 'add'".
std::string name_of(const Graph& graph, const Group& group);

/// Throw RangeError where figures of so many groups as the graph has ops might not add up within 64 bits.
void require_summable(const Graph& graph, const GroupCost& cost);
void require_summable(const Graph& graph, const GroupPrediction& prediction);
void require_summable(const Graph& graph, const OpWork& work);

inline void require_summable(const Graph& graph, const std::optional<GroupCost>& cost) {
  if (cost) require_summable(graph, *cost);
}
inline void require_summable(const Graph& graph, const std::vector<GroupCost>& costs) {
  for (const GroupCost& cost : costs) require_summable(graph, cost);
}

/// What `work` says of a group. A RangeError, also of its result, becomes an Error that names the group.
template <class Work>
auto summable(const Graph& graph, const Group& group, Work&& work) {
  return named([&] { return name_of(graph, group); },
               [&] {
                 auto result = work();
                 require_summable(graph, result);
                 return result;
               });
}

}  // namespace fusesim
