#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Every legal group of a small graph (up to 20 ops), by trying all subsets.
std::vector<Group> all_groups(const Graph& graph);

/// Least sum of prices over all partitions of the ops into legal groups with an acyclic quotient, by trying
/// them all; -1 if none has a price. `price` returns -1 for groups that may not be used. Shares no code with
/// the search.
int64_t least_plan_price(const Graph& graph, const std::function<int64_t(const Group&)>& price);

}  // namespace fusesim::testing
