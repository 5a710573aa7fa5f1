#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "blocks/engine.h"
#include "tile.h"
#include "transfers.h"

namespace fusesim::hw {

/// Brings the rows of external tensors from DRAM: when a tile needs them, or, with room for them, while the
/// tile or slice before is worked on.
class BrrTileLoader {
 public:
  /// The arguments must outlive it.
  BrrTileLoader(const EngineContext& machine, const BrrTilePlan& plan, BrrTileMemory& memory,
                BrrTransfers& transfers);

  /// FULL external tensors: drops the rows that neither this nor a later tile reads, waits for those of this
  /// tile, and starts to bring those that the next tile adds. Tiles come in order.
  void begin_tile(int64_t tile);
  /// The next slice of a SLICE external tensor, in the order of the plan's steps, is needed: waits for it,
  /// and starts to bring the one after it.
  void stream(int tensor);
  /// A slice has gone, so that there may be room for the next.
  void after_release(int tensor) { look_ahead(tensor); }

 private:
  struct Slice {
    int reader = -1;
    ChannelRange channels;
  };
  /// A SLICE external tensor. Numbers count slices over all tiles.
  struct Stream {
    std::vector<Slice> slices;  // of a tile
    int64_t started = 0;        // that have been asked for
    int64_t needed = 0;         // whose turn has come
    std::set<int64_t> under_way;
  };

  Stream& stream_of(int tensor) { return streams_[static_cast<size_t>(tensor)]; }
  bool is_full(int tensor) const { return plan_.tensor(tensor).external() && !plan_.tensor(tensor).sliced(); }
  bool ahead() const { return plan_.double_buffer() == DoubleBuffer::all; }
  /// Tiles or slices that may be under way before their turn.
  int64_t most_ahead() const { return machine_.fault == Fault::prefetch_past_capacity ? 2 : 1; }

  int64_t first_row_kept(int tensor, int64_t tile) const;
  RowRange new_rows(int tensor, int64_t tile) const;
  void drop_rows(int64_t tile);
  void start_rows(int64_t tile);
  bool rows_fit(int64_t tile);
  void start_slice(int tensor, int64_t number);
  bool slice_fits(int tensor, int64_t number);
  void look_ahead(int tensor);
  void add_row(std::vector<Segment>& segments, int tensor, int64_t row, bool kept,
               const ChannelRange& channels);

  const EngineContext& machine_;
  const BrrTilePlan& plan_;
  BrrTileMemory& memory_;
  BrrTransfers& transfers_;
  std::vector<int64_t> fetched_rows_;  // per tensor; FULL external: asked for
  int64_t started_tiles_ = 0;
  std::vector<char> tile_arrived_;
  std::vector<Stream> streams_;  // per tensor
};

}  // namespace fusesim::hw
