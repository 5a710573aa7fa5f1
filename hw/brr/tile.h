#pragma once

#include <cstdint>
#include <vector>

#include "tile_memory.h"
#include "tile_plan.h"

namespace fusesim::hw {

/// One tile in progress: its rows, and what has been summed of them. What outlasts a tile lies in the
/// BrrTileMemory.
class BrrTile {
 public:
  /// `plan` and `memory` must outlive it.
  BrrTile(const BrrTilePlan& plan, BrrTileMemory& memory, int64_t index);

  int64_t index() const { return index_; }
  const BrrTilePlan& plan() const { return plan_; }
  BrrTileMemory& memory() const { return memory_; }
  TileBuffer& buffer(int tensor) const { return memory_.buffer(tensor); }

  /// Rows of a tensor that belong to the tile.
  RowRange rows(int tensor) const { return plan_.geometry().rows(tensor, index_); }
  /// Those that the tile makes or fetches.
  RowRange made_rows(int tensor) const { return plan_.made_rows(tensor, index_); }
  /// Rows of an operand that the op reads in this tile.
  RowRange read_rows(int op, size_t input) const { return plan_.geometry().read_rows(op, input, index_); }
  /// Rows of a SLICE tensor that its reader holds; of a tensor made inside all.
  RowRange held_rows(int tensor, int reader) const {
    return plan_.tensor(tensor).external() ? plan_.stream_rows(tensor, reader, index_) : rows(tensor);
  }

  /// Tap sums of an op's rows, once worked out; empty before.
  std::vector<uint64_t>& taps(int op) { return taps_[static_cast<size_t>(op)]; }
  /// Of a reduction over slices.
  BrrSums& sums(int op) { return sums_[static_cast<size_t>(op)]; }
  /// Input channels that its sums hold, per convolution group.
  std::vector<int64_t>& summed_inputs(int op) { return summed_inputs_[static_cast<size_t>(op)]; }

 private:
  const BrrTilePlan& plan_;
  BrrTileMemory& memory_;
  int64_t index_;
  std::vector<std::vector<uint64_t>> taps_;
  std::vector<BrrSums> sums_;
  std::vector<std::vector<int64_t>> summed_inputs_;
};

}  // namespace fusesim::hw
