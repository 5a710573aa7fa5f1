#pragma once

#include <cstdint>
#include <vector>

#include "blocks/engine.h"
#include "tile.h"

namespace fusesim::hw {

/// Computes what sums over channels or rows: reductions whose input is FULL, reductions over slices, pools
/// over the whole map.
class BrrTileSums {
 public:
  /// `machine` must outlive it.
  explicit BrrTileSums(const EngineContext& machine) : machine_(machine) {}

  /// A reduction whose input is FULL: adds one weight sub-group to output channels. The sub-groups of the
  /// same outputs follow one another.
  void reduce(BrrTile& tile, int op, const ChannelRange& outputs, const ChannelRange& inputs);
  /// A reduction over slices: adds what one weight sub-group gives of the input channels in `in`. The outputs
  /// of the same inputs follow one another.
  void add(BrrTile& tile, int op, const ChannelRange& outputs, const ChannelRange& inputs, RowSource& in);
  /// The sums of a reduction over slices are complete: they become rows of the output.
  void finish_reduction(BrrTile& tile, int op);
  /// A GlobalAvgPool takes the rows of its input that no earlier tile has brought.
  void pool_rows(BrrTile& tile, int op, const ChannelRange& channels, RowSource& in);
  /// After the last row of its input: makes the pooled vector and returns whether it did.
  bool finish_pool(BrrTile& tile, int op);

 private:
  int64_t sum_row_bytes(const BrrTile& tile, int op, const ChannelRange& outputs) const;
  void open_block(BrrTile& tile, int op, const ChannelRange& outputs);
  void close_block(BrrTile& tile, int op, const ChannelRange& outputs);
  const std::vector<uint64_t>& tap_rows(BrrTile& tile, int op);
  void open_sums(BrrTile& tile, int op);
  void take_chunk(const BrrTile& tile, int op, const ChannelRange& chunk, RowSource& in);

  const EngineContext& machine_;
  std::vector<uint64_t> chunk_taps_, block_;  // scratch
  std::vector<int64_t> block_sums_;           // the same, of every element
};

}  // namespace fusesim::hw
