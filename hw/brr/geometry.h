#pragma once

#include <cstdint>
#include <vector>

#include "group.h"
#include "ops/row_window.h"

namespace fusesim::hw {

/// Which rows of every tensor of a group belong to which tile, worked out from the graph and the tile height.
class BrrGeometry {
 public:
  /// Throws SimulationError (bad_schedule) if the vertical ratios of the group disagree. `group` must outlive
  /// it. tile_rows: h >= 1.
  BrrGeometry(const BrrGroup& group, int64_t tile_rows);

  /// n(h)
  int64_t tiles() const { return tiles_; }
  bool is_sink(int tensor) const { return scale_[static_cast<size_t>(tensor)] > 0; }
  /// s_v of a sink: its rows per unit of tile height.
  int64_t rows_per_height(int sink) const { return scale_[static_cast<size_t>(sink)]; }
  /// Rows of a sink that tile i brings out; empty for other tensors and once the map is complete.
  RowRange own_rows(int tensor, int64_t tile) const;
  /// The hull of the tensor's own rows and of all rows that its readers inside need.
  RowRange rows(int tensor, int64_t tile) const { return hull_[index(tensor, tile)]; }
  /// Rows of operand `input` that `op` needs in this tile; of a GlobalAvgPool the rows it has not yet
  /// consumed.
  RowRange read_rows(int op, size_t input, int64_t tile) const;
  /// T_u
  int64_t longest_rows(int tensor) const;
  /// The most rows that a tile has and the one before it has not; 0 if there is one tile.
  int64_t most_added_rows(int tensor) const;
  /// Per row of the tensor how many rows before it belong to some tile.
  std::vector<int64_t> places(int tensor) const;

 private:
  size_t index(int tensor, int64_t tile) const {
    return static_cast<size_t>(tile) * group_.tensors.size() + static_cast<size_t>(tensor);
  }
  void find_sinks();
  void find_hulls(int64_t tile);

  const BrrGroup& group_;
  int64_t tile_rows_;
  int64_t tiles_ = 0;
  std::vector<int64_t> scale_;  // per tensor; 0: no sink
  std::vector<RowRange> hull_;
};

/// Rows of operand `input` that output rows `out` of `op` read: hull, exact, clipped to the map. Empty if
/// they read padding only.
RowRange needed_rows(const Graph& graph, const Op& op, size_t input, RowRange out);

}  // namespace fusesim::hw
