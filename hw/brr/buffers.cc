#include "buffers.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {
namespace {

constexpr uint8_t kUncounted = 0x80;
constexpr uint8_t kHolders = 0x7f;

}  // namespace

int BrrPools::allocate(const std::string& name, int64_t bytes) {
  scratchpad_.allocate(name, bytes);
  pools_.push_back({name, bytes, 0});
  return static_cast<int>(pools_.size()) - 1;
}

void BrrPools::add_live(int pool, int64_t bytes) {
  Pool& mine = pools_[static_cast<size_t>(pool)];
  mine.live_bytes += bytes;
  if (mine.live_bytes > mine.capacity_bytes) {
    throw SimulationError(SimulationError::Guard::scratchpad_overflow,
                          mine.name + ": expected at most the allocated " +
                              std::to_string(mine.capacity_bytes) + " bytes to hold data, got " +
                              std::to_string(mine.live_bytes));
  }
  scratchpad_.add_live(bytes);
}

TileBuffer::TileBuffer(std::string name, int64_t slots, int64_t channels, int64_t channel_row_bytes,
                       BrrPools& pools, int pool)
    : name_(std::move(name)),
      channels_(channels),
      channel_row_bytes_(channel_row_bytes),
      pools_(pools),
      pool_(pool),
      slots_(static_cast<size_t>(std::max<int64_t>(1, slots))),
      hashes_(slots_.size() * static_cast<size_t>(channels)),
      holders_(slots_.size() * static_cast<size_t>(channels)) {}

uint64_t* TileBuffer::claim(int64_t y, const ChannelRange& channels) {
  const size_t s = slot_of(y);
  Slot& slot = slots_[s];
  if (slot.present > 0 && slot.row != y) {
    throw SimulationError(SimulationError::Guard::ring_overflow,
                          name_ + ": row " + std::to_string(y) + " found row " + std::to_string(slot.row) +
                              " in its slot; the buffer holds " + std::to_string(slots_.size()) + " rows");
  }
  slot.row = y;
  const size_t base = s * static_cast<size_t>(channels_);
  int64_t gained = 0;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint8_t& holders = holders_[base + static_cast<size_t>(c)];
    if ((holders & kHolders) == 0) {
      ++gained;
      holders = 0;
    }
    ++holders;
  }
  slot.present += gained;
  pools_.add_live(pool_, gained * channel_row_bytes_);
  return hashes_.data() + base + channels.first;
}

void TileBuffer::release(const RowRange& rows, const ChannelRange& channels) {
  for (int64_t y = rows.first; y < rows.last; ++y) release_row(y, channels);
}

void TileBuffer::release_row(int64_t y, const ChannelRange& channels) {
  const size_t s = slot_of(y);
  Slot& slot = slots_[s];
  if (slot.row != y || slot.present == 0) return;
  const size_t base = s * static_cast<size_t>(channels_);
  int64_t lost = 0;
  int64_t freed = 0;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint8_t& holders = holders_[base + static_cast<size_t>(c)];
    if ((holders & kHolders) == 0 || (--holders & kHolders) != 0) continue;
    ++lost;
    if ((holders & kUncounted) == 0) ++freed;
  }
  slot.present -= lost;
  pools_.add_live(pool_, -freed * channel_row_bytes_);
}

void TileBuffer::uncount(const RowRange& rows, const ChannelRange& channels) {
  for (int64_t y = rows.first; y < rows.last; ++y) uncount_row(y, channels);
}

void TileBuffer::uncount_row(int64_t y, const ChannelRange& channels) {
  if (slots_[slot_of(y)].row != y) return;
  const size_t base = slot_of(y) * static_cast<size_t>(channels_);
  int64_t freed = 0;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint8_t& holders = holders_[base + static_cast<size_t>(c)];
    if ((holders & kHolders) == 0 || (holders & kUncounted) != 0) continue;
    holders |= kUncounted;
    ++freed;
  }
  pools_.add_live(pool_, -freed * channel_row_bytes_);
}

uint64_t* TileBuffer::mutable_channels(int64_t y, const ChannelRange& channels) {
  const size_t s = slot_of(y);
  const size_t base = s * static_cast<size_t>(channels_);
  const auto* begin = holders_.data() + base + channels.first;
  const bool here = slots_[s].row == y && std::all_of(begin, begin + channels.size(),
                                                      [](uint8_t h) { return (h & kHolders) != 0; });
  if (!here) {
    throw SimulationError(SimulationError::Guard::row_not_resident,
                          name_ + ": row " + std::to_string(y) + ", channels " +
                              std::to_string(channels.first) + " to " + std::to_string(channels.last - 1) +
                              " are read but not on chip");
  }
  return hashes_.data() + base + channels.first;
}

const uint64_t* TileBuffer::channels(int64_t y, int64_t c0, int64_t c1) {
  return mutable_channels(y, {c0, c1});
}

void TileBuffer::require(const RowRange& rows, const ChannelRange& channels) {
  for (int64_t y = rows.first; y < rows.last; ++y) mutable_channels(y, channels);
}

}  // namespace fusesim::hw
