#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim {

inline constexpr int64_t kAnyTiles = int64_t{1} << 40;

/// What holds for the sinks of every group: they move in step, at the scales of the network.
struct TileLimits {
  /// Per tensor: a group that has it as a sink has no more tiles than that, because each sink moves by whole
  /// rows: no more than the rows of the largest map of the network at the tensor's scale. kAnyTiles where
  /// that does not follow: scales that disagree, or maps beside the network's own.
  std::vector<int64_t> most_tiles;
  /// Least rows of a map of the network at one scale, as a share of those of the largest. 0 where scales
  /// disagree or there are maps beside the network's own.
  double least_share = 0.0;
  /// Per tensor: rows at one place of the network's maps, a little above the middle.
  std::vector<int64_t> middle;
};
TileLimits tile_limits(const Graph& graph);

}  // namespace fusesim
