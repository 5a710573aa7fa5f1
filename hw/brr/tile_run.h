#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "blocks/engine.h"
#include "buffers.h"
#include "geometry.h"
#include "group.h"
#include "storage.h"
#include "units.h"
#include "weights.h"

namespace fusesim::hw {

/// One brr_tiles group in progress: tile by tile, and inside a tile unit by unit (FULL ops and slice trees).
/// Load, compute and store follow one another; the segments of one load or store are under way together.
class BrrTileRun {
 public:
  /// Throws SimulationError (bad_schedule) if the schedule does not fit the group. `machine` must outlive it.
  BrrTileRun(const EngineContext& machine, const GroupSchedule& schedule);
  void execute();

 private:
  /// What one sliced reader has of a SLICE tensor in this tile.
  struct SliceState {
    ChannelRange held;
    std::vector<char> made;  // per channel, in this tile
  };
  struct TensorState {
    std::unique_ptr<TileBuffer> buffer;
    std::vector<SliceState> slices;  // SLICE: internal one, external one per reader
    int last_unit = -1;              // FULL: the unit after which the tile needs it no more
    int64_t fetched_rows = 0;        // FULL external: rows that have come from DRAM
  };
  /// Sums of a reduction over slices (rows of the tile x channels) or of a GlobalAvgPool (channels).
  struct Sums {
    std::vector<uint64_t> values;
    bool live = false;
  };

  // the group's run (brr_tile_run.cc)
  void allocate();
  void run_tile();
  void run_unit(const BrrUnit& unit);
  void run_tree(const BrrUnit& unit);
  void run_slice(const BrrUnit& unit, const ChannelRange& slice);
  void run_swapped(const BrrUnit& unit);
  bool swappable(const BrrUnit& unit) const;
  void pass_through(const BrrSlice& slice);
  void drop_after(int unit);
  void end_tile();

  // rows and channels on chip (brr_tile_moves.cc)
  RowRange made_rows(int tensor) const;
  RowRange stream_rows(int tensor, int reader, int64_t tile) const;
  void fetch_full_tensors();
  void fetch_rows(int tensor, const RowRange& rows, const RowRange& kept, const ChannelRange& channels);
  SliceState& slice_state(int tensor, int reader);
  void ensure(int tensor, int reader, const ChannelRange& needed);
  void stream(int tensor, int reader, const ChannelRange& channels);
  void hold_only(int tensor, int reader, const ChannelRange& kept);
  void drop_unused_operands(int op, const ChannelRange& channels);
  void retire_inputs(int op, const ChannelRange& done);
  void release_over(int op, int64_t y, const ChannelRange& outputs);
  void store(int tensor, const ChannelRange& channels);

  // results (brr_tile_compute.cc)
  void produce(int op, const ChannelRange& channels);
  void make_local(int op, const ChannelRange& channels);
  void make_local_rows(int op, const ChannelRange& channels);
  void local_row(int op, int64_t y, const ChannelRange& channels, uint64_t* row);
  void make_reduction(int op, const ChannelRange& channels);
  void reduce_block(int op, const ChannelRange& outputs);
  const std::vector<uint64_t>& tap_rows(int op);
  void add_slice(int op, const ChannelRange& slice, RowSource& in);
  void add_chunk(int op, const ChannelRange& chunk, RowSource& in);
  void finish_sums(int op);
  void pool_rows(int op, const ChannelRange& channels, RowSource& in);
  void finish_pool(int op);
  void run_pe(int op, const ChannelRange& outputs, const ChannelRange& inputs, int64_t rows);
  void run_vector(int op, const ChannelRange& channels, int64_t rows);

  const BrrTensor& tensor(int t) const { return group_.tensor(t); }
  TensorState& state(int t) { return states_[static_cast<size_t>(t)]; }
  TileBuffer& buffer(int t) { return *state(t).buffer; }
  Sums& sums(int op) { return sums_[static_cast<size_t>(op)]; }
  ChannelRange all_channels(int t) const { return {0, tensor(t).shape.c}; }
  bool over_input(int op) const;
  int64_t channel_row_bytes(int t) const { return tensor(t).shape.w * machine_.datatypes.activation_bytes; }

  const EngineContext& machine_;
  BrrGroup group_;
  BrrGeometry geometry_;
  BrrStorage storage_;
  std::vector<BrrUnit> units_;
  BrrPools pools_;
  std::unique_ptr<BrrWeights> weights_;
  std::vector<TensorState> states_;
  std::vector<Sums> sums_;              // per op
  std::vector<int64_t> channels_left_;  // per op: output channels that this tile has yet to make
  std::vector<int> pools_of_;           // per tensor
  bool store_results_ = true;
  int64_t tile_ = 0;

  std::vector<std::vector<uint64_t>> taps_;  // per op: tap sums of this tile, once worked out
  std::vector<uint64_t> row_, tap_row_, chunk_taps_, block_;  // scratch
};

}  // namespace fusesim::hw
