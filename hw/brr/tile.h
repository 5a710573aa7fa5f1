#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/hw/fault.h"
#include "tile_memory.h"
#include "tile_plan.h"

namespace fusesim::hw {

/// One tile in progress: which of its rows and channels are on chip, what is left to make, what has been
/// summed. Several may exist at once; what outlasts a tile lies in the BrrTileMemory.
class BrrTile {
 public:
  /// `plan` and `memory` must outlive it.
  BrrTile(const BrrTilePlan& plan, BrrTileMemory& memory, Fault fault, int64_t index);

  int64_t index() const { return index_; }
  const BrrTilePlan& plan() const { return plan_; }
  BrrTileMemory& memory() const { return memory_; }
  TileBuffer& buffer(int tensor) const { return memory_.buffer(tensor); }

  /// Rows of a tensor that belong to the tile.
  RowRange rows(int tensor) const { return plan_.geometry().rows(tensor, index_); }
  /// Those that the tile makes or fetches: all of them, but for a planted fault.
  RowRange made_rows(int tensor) const;
  /// Rows of an operand that the op reads in this tile.
  RowRange read_rows(int op, size_t input) const { return plan_.geometry().read_rows(op, input, index_); }
  /// Rows of a streamed tensor that this reader needs in a tile.
  RowRange stream_rows(int tensor, int reader, int64_t tile) const;

  /// Channels of a SLICE tensor that its reader holds on chip; a tensor made inside has one holder, whoever
  /// asks.
  ChannelRange held(int tensor, int reader) { return slice(tensor, reader).held; }
  void hold(int tensor, int reader, const ChannelRange& channels) { slice(tensor, reader).held = channels; }
  /// Lets go of the held channels outside `kept`.
  void hold_only(int tensor, int reader, const ChannelRange& kept);
  /// Notes that channels of a SLICE tensor are being made, and holds them beside what is held; returns how
  /// many had been made before.
  int64_t make(int tensor, const ChannelRange& channels);
  /// Lets go of every slice.
  void drop_slices();

  /// Output channels of an op that the tile has yet to make.
  int64_t& channels_left(int op) { return channels_left_[static_cast<size_t>(op)]; }
  /// Tap sums of an op's rows, once worked out; empty before.
  std::vector<uint64_t>& taps(int op) { return taps_[static_cast<size_t>(op)]; }
  /// Of a reduction over slices.
  BrrSums& sums(int op) { return sums_[static_cast<size_t>(op)]; }
  /// Input channels that its sums hold, per convolution group.
  std::vector<int64_t>& summed_inputs(int op) { return summed_inputs_[static_cast<size_t>(op)]; }

 private:
  struct Slice {
    ChannelRange held;
    std::vector<char> made;  // per channel; of tensors made inside
  };

  Slice& slice(int tensor, int reader);

  const BrrTilePlan& plan_;
  BrrTileMemory& memory_;
  Fault fault_;
  int64_t index_;
  std::vector<std::vector<Slice>> slices_;  // per tensor: internal one, external one per reader; FULL none
  std::vector<int64_t> channels_left_;      // per op
  std::vector<std::vector<uint64_t>> taps_;
  std::vector<BrrSums> sums_;
  std::vector<std::vector<int64_t>> summed_inputs_;
};

}  // namespace fusesim::hw
