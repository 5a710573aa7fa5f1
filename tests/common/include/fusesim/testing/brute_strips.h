#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// First and past-last column of every tensor of a group in one of `strips` strips, column by column.
/// Columns are rows of the network with height and width exchanged. External columns that nobody needs are
/// fetched with those behind them, or, at the right edge, with the last.
using BruteColumns = std::map<TensorId, std::pair<int64_t, int64_t>>;
std::vector<BruteColumns> brute_columns(const Graph& graph, const Group& group, int64_t strips);

/// The network with the group's maps as wide as a strip.
Graph narrowed(const Graph& graph, const BruteColumns& columns);

}  // namespace fusesim::testing
