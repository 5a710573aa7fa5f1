#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "blocks/scratchpad.h"
#include "group.h"
#include "ops/provenance.h"
#include "ops/row_window.h"
#include "storage.h"

namespace fusesim::hw {

/// Live bytes of storage that several tensors may share; each pool has its own limit.
class BrrPools {
 public:
  explicit BrrPools(Scratchpad& scratchpad) : scratchpad_(scratchpad) {}

  /// Allocates a pool of this many bytes and returns its index.
  int allocate(const std::string& name, int64_t bytes);
  /// Bytes that came to hold data, or ceased to. Throws SimulationError (scratchpad_overflow) if the pool is
  /// too small.
  void add_live(int pool, int64_t bytes);
  int64_t live_bytes(int pool) const { return pools_[static_cast<size_t>(pool)].live_bytes; }

 private:
  struct Pool {
    std::string name;
    int64_t capacity_bytes = 0;
    int64_t live_bytes = 0;
  };

  Scratchpad& scratchpad_;
  std::vector<Pool> pools_;
};

/// Rows of one tensor on chip: a ring of `slots` rows, every channel of every row present or not. Bytes of
/// present channels count as live in a pool.
class TileBuffer : public RowSource {
 public:
  /// channel_row_bytes: one channel of one row. `pools` must outlive the buffer.
  TileBuffer(std::string name, int64_t slots, int64_t channels, int64_t channel_row_bytes, BrrPools& pools,
             int pool);

  /// Makes channels of row y present and returns their hashes to be filled in. Channels that are present stay
  /// so and gain a holder. Throws SimulationError (ring_overflow) if the slot holds another row.
  uint64_t* claim(int64_t y, const ChannelRange& channels);
  /// Drops one holder of whatever is present in the rectangle.
  void release(const RowRange& rows, const ChannelRange& channels);
  /// The data now counts elsewhere (its bytes are those of another tensor in the pool), but can still be
  /// read.
  void uncount(const RowRange& rows, const ChannelRange& channels);

  /// Throws SimulationError (row_not_resident).
  const uint64_t* channels(int64_t y, int64_t c0, int64_t c1) override;
  uint64_t* mutable_channels(int64_t y, const ChannelRange& channels);
  void require(const RowRange& rows, const ChannelRange& channels);

 private:
  struct Slot {
    int64_t row = -1;
    int64_t present = 0;  // channels
  };

  size_t slot_of(int64_t y) const { return static_cast<size_t>(y % static_cast<int64_t>(slots_.size())); }
  void release_row(int64_t y, const ChannelRange& channels);
  void uncount_row(int64_t y, const ChannelRange& channels);

  std::string name_;
  int64_t channels_;
  int64_t channel_row_bytes_;
  BrrPools& pools_;
  int pool_;
  std::vector<Slot> slots_;
  std::vector<uint64_t> hashes_;
  std::vector<uint8_t> holders_;  // bit 7: not counted
};

}  // namespace fusesim::hw
