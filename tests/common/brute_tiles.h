#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "brute_rows.h"
#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Rows of every tensor, and of every (reader, tensor), in every tile of one tile height.
struct BruteTiling {
  int64_t tiles = 0;
  std::map<TensorId, int64_t> longest;    ///< T
  std::map<TensorId, int64_t> newcomers;  ///< most rows that a tile has and the one before it has not
  std::map<std::pair<OpId, TensorId>, std::vector<Rows>> read_rows;  ///< per tile
};

/// Row by row. `step`: rows of every sink in a tile of height 1. newcomers: of external tensors.
BruteTiling brute_tiling(const Graph& graph, const Group& group, const std::map<TensorId, int64_t>& step,
                         int64_t h);

}  // namespace fusesim::testing
