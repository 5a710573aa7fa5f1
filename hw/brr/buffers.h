#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "blocks/scratchpad.h"
#include "blocks/tracer.h"
#include "group.h"
#include "ops/provenance.h"
#include "ops/row_window.h"
#include "storage.h"
#include "transfers.h"

namespace fusesim::hw {

/// Live bytes of storage that several tensors may share; each pool has its own limit. Bytes that nobody needs
/// any more but that have not left for DRAM yet stay live until they have.
class BrrPools {
 public:
  /// The arguments must outlive it. Not guarded: too much live data and reads of what is not on chip go
  /// unnoticed, and rows take the place of others. `tracer`, unless null, is told the levels.
  BrrPools(Scratchpad& scratchpad, BrrTransfers& transfers, bool guarded = true, Tracer* tracer = nullptr)
      : scratchpad_(scratchpad), transfers_(transfers), guarded_(guarded), tracer_(tracer) {}

  /// Allocates a pool of this many bytes and returns its index.
  int allocate(const std::string& name, int64_t bytes);
  /// Bytes that come to hold data, or cease to. More bytes first wait for those that are leaving, if they do
  /// not fit beside them. Throws SimulationError (scratchpad_overflow) if the pool is too small.
  void add_live(int pool, int64_t bytes);
  /// Live bytes that will cease to be as soon as they have left.
  void add_departing(int pool, int64_t bytes) { at(pool).departing_bytes += bytes; }
  bool fits(int pool, int64_t bytes) const {
    return pools_[static_cast<size_t>(pool)].live_bytes + bytes <=
           pools_[static_cast<size_t>(pool)].capacity_bytes;
  }
  int64_t live_bytes(int pool) const { return pools_[static_cast<size_t>(pool)].live_bytes; }
  BrrTransfers& transfers() { return transfers_; }
  bool guarded() const { return guarded_; }

 private:
  struct Pool {
    std::string name;
    int64_t capacity_bytes = 0;
    int64_t live_bytes = 0;
    int64_t departing_bytes = 0;  // of live_bytes
    int64_t part = -1;            // of the trace
  };
  Pool& at(int pool) { return pools_[static_cast<size_t>(pool)]; }

  Scratchpad& scratchpad_;
  BrrTransfers& transfers_;
  bool guarded_;
  Tracer* tracer_;
  std::vector<Pool> pools_;
};

/// Rows of one tensor on chip: a ring of `slots` rows, every channel of every row present or not. Bytes of
/// present channels count as live in a pool. Data that is on its way from DRAM has its place but cannot be
/// read; data on its way to DRAM keeps its place until it has left, and who wants the place waits.
class TileBuffer : public RowSource {
 public:
  /// channel_row_bytes: one channel of one row. places: per row its place among all rows that ever lie here,
  /// in which order they take the slots; empty: the row number. `pools` must outlive the buffer.
  /// width: elements to each channel of a row; 0: no values are computed.
  TileBuffer(std::string name, int64_t slots, int64_t channels, int64_t channel_row_bytes, BrrPools& pools,
             int pool, std::vector<int64_t> places = {}, int64_t width = 0);

  /// Makes channels of row y present and returns their hashes to be filled in. Channels that are present stay
  /// so and gain a holder. Waits for what leaves. Throws SimulationError (ring_overflow) if the slot holds
  /// another row that stays.
  uint64_t* claim(int64_t y, const ChannelRange& channels);
  /// The same for channels that come from DRAM: until arrive() they cannot be read.
  uint64_t* expect(int64_t y, const ChannelRange& channels);
  void arrive(int64_t y, const ChannelRange& channels);
  /// Hashes of channels that go to DRAM; they are leaving until left().
  uint64_t* send(int64_t y, const ChannelRange& channels);
  void left(int64_t y, const ChannelRange& channels);
  /// Whether expect() of all these would neither wait nor throw.
  bool has_room(const RowRange& rows, const ChannelRange& channels) const;
  /// Drops one holder of whatever is present in the rectangle.
  void release(const RowRange& rows, const ChannelRange& channels);
  /// The data now counts elsewhere (its bytes are those of another tensor in the pool), but can still be
  /// read.
  void uncount(const RowRange& rows, const ChannelRange& channels);

  /// Throws SimulationError (row_not_resident).
  const uint64_t* channels(int64_t y, int64_t c0, int64_t c1) override;
  const Value* values(int64_t y, int64_t c0, int64_t c1) override;
  /// Where the elements of channels from c0 on of row y lie, resident or not; null without values.
  Value* value_place(int64_t y, int64_t c0) {
    return values_.empty() ? nullptr : values_.data() + (base_of(y) + static_cast<size_t>(c0)) * width_;
  }
  uint64_t* mutable_channels(int64_t y, const ChannelRange& channels);
  void require(const RowRange& rows, const ChannelRange& channels);

 private:
  struct Slot {
    int64_t row = -1;
    int64_t present = 0;    // channels, those that leave included
    int64_t departing = 0;  // of them: held by nobody, and leaving
  };

  size_t slot_of(int64_t y) const {
    const int64_t place = places_.empty() ? y : places_[static_cast<size_t>(y)];
    return static_cast<size_t>(place % static_cast<int64_t>(slots_.size()));
  }
  size_t base_of(int64_t y) const { return slot_of(y) * static_cast<size_t>(channels_); }
  void evict(Slot& slot, size_t base);
  bool departing_in(int64_t y, const ChannelRange& channels) const;
  void release_row(int64_t y, const ChannelRange& channels);
  void uncount_row(int64_t y, const ChannelRange& channels);

  std::string name_;
  int64_t channels_;
  int64_t channel_row_bytes_;
  BrrPools& pools_;
  int pool_;
  std::vector<int64_t> places_;
  std::vector<Slot> slots_;
  std::vector<uint64_t> hashes_;
  std::vector<uint16_t> states_;  // holders and the flags in buffers.cc
  size_t width_;
  std::vector<Value> values_;
};

}  // namespace fusesim::hw
