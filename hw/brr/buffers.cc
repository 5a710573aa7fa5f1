#include "buffers.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {
namespace {

// State of one channel of one row.
constexpr uint16_t kUncounted = 0x8000;
constexpr uint16_t kArriving = 0x4000;
constexpr uint16_t kLeaving = 0x2000;
constexpr uint16_t kHolders = 0x1fff;

bool held(uint16_t state) { return (state & kHolders) != 0; }
bool departing(uint16_t state) { return !held(state) && (state & kLeaving) != 0; }

}  // namespace

int BrrPools::allocate(const std::string& name, int64_t bytes) {
  scratchpad_.allocate(name, bytes);
  pools_.push_back({name, bytes, 0, 0, tracer_ == nullptr ? -1 : tracer_->part(name, bytes)});
  return static_cast<int>(pools_.size()) - 1;
}

void BrrPools::add_live(int pool, int64_t bytes) {
  if (bytes > 0) {
    transfers_.wait_for([&] { return fits(pool, bytes) || at(pool).departing_bytes == 0; }, "room",
                        Cause::ofmap);
  }
  Pool& mine = at(pool);
  mine.live_bytes += bytes;
  if (tracer_ != nullptr) tracer_->level(mine.part, mine.live_bytes);
  if (!guarded_) return;
  if (mine.live_bytes > mine.capacity_bytes) {
    throw SimulationError(SimulationError::Guard::scratchpad_overflow,
                          mine.name + ": expected at most the allocated " +
                              std::to_string(mine.capacity_bytes) + " bytes to hold data, got " +
                              std::to_string(mine.live_bytes));
  }
  scratchpad_.add_live(bytes);
}

TileBuffer::TileBuffer(std::string name, int64_t slots, int64_t channels, int64_t channel_row_bytes,
                       BrrPools& pools, int pool, std::vector<int64_t> places, int64_t width)
    : name_(std::move(name)),
      channels_(channels),
      channel_row_bytes_(channel_row_bytes),
      pools_(pools),
      pool_(pool),
      places_(std::move(places)),
      slots_(static_cast<size_t>(std::max<int64_t>(1, slots))),
      hashes_(slots_.size() * static_cast<size_t>(channels)),
      states_(slots_.size() * static_cast<size_t>(channels)),
      width_(static_cast<size_t>(width)),
      values_(states_.size() * width_) {}

bool TileBuffer::departing_in(int64_t y, const ChannelRange& channels) const {
  if (slots_[slot_of(y)].departing == 0) return false;
  const auto begin = states_.begin() + static_cast<int64_t>(base_of(y)) + channels.first;
  return std::any_of(begin, begin + channels.size(), departing);
}

uint64_t* TileBuffer::claim(int64_t y, const ChannelRange& channels) {
  Slot& slot = slots_[slot_of(y)];
  const auto free_or_held_for_good = [&] {
    if (slot.row == y) return !departing_in(y, channels);
    return slot.present == 0 || slot.departing < slot.present;
  };
  pools_.transfers().wait_for(free_or_held_for_good, "rows that leave", Cause::ofmap);
  if (slot.present > 0 && slot.row != y && !pools_.guarded()) evict(slot, base_of(y));
  if (slot.present > 0 && slot.row != y) {
    throw SimulationError(SimulationError::Guard::ring_overflow,
                          name_ + ": row " + std::to_string(y) + " found row " + std::to_string(slot.row) +
                              " in its slot; the buffer holds " + std::to_string(slots_.size()) + " rows");
  }
  slot.row = y;
  const size_t base = base_of(y);
  const auto begin = states_.begin() + static_cast<int64_t>(base) + channels.first;
  const int64_t gained = channels.size() - std::count_if(begin, begin + channels.size(), held);
  // from here on the slot is taken, so that the row is still here after the wait for room
  slot.present += gained;
  for (auto state = begin; state != begin + channels.size(); ++state) {
    *state = held(*state) ? static_cast<uint16_t>(*state + 1) : uint16_t{1};
  }
  pools_.add_live(pool_, gained * channel_row_bytes_);
  return hashes_.data() + base + channels.first;
}

/// Without guards: a row gives way to another, whoever still needs it.
void TileBuffer::evict(Slot& slot, size_t base) {
  int64_t freed = 0;
  int64_t departs = 0;
  for (size_t i = base; i < base + static_cast<size_t>(channels_); ++i) {
    const bool counted = states_[i] != 0 && (states_[i] & kUncounted) == 0;
    freed += counted ? 1 : 0;
    departs += counted && departing(states_[i]) ? 1 : 0;
    states_[i] = 0;
  }
  slot = Slot{};
  pools_.add_departing(pool_, -departs * channel_row_bytes_);
  pools_.add_live(pool_, -freed * channel_row_bytes_);
}

uint64_t* TileBuffer::expect(int64_t y, const ChannelRange& channels) {
  uint64_t* hashes = claim(y, channels);
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint16_t& state = states_[base_of(y) + static_cast<size_t>(c)];
    if ((state & kHolders) != 1) continue;  // it was here before
    state |= kArriving;
  }
  return hashes;
}

void TileBuffer::arrive(int64_t y, const ChannelRange& channels) {
  if (slots_[slot_of(y)].row != y) return;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    states_[base_of(y) + static_cast<size_t>(c)] &= static_cast<uint16_t>(~kArriving);
  }
}

uint64_t* TileBuffer::send(int64_t y, const ChannelRange& channels) {
  uint64_t* hashes = mutable_channels(y, channels);
  for (int64_t c = channels.first; c < channels.last; ++c) {
    states_[base_of(y) + static_cast<size_t>(c)] |= kLeaving;
  }
  return hashes;
}

void TileBuffer::left(int64_t y, const ChannelRange& channels) {
  Slot& slot = slots_[slot_of(y)];
  if (slot.row != y) return;
  int64_t lost = 0;
  int64_t freed = 0;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint16_t& state = states_[base_of(y) + static_cast<size_t>(c)];
    const bool gone = departing(state);
    state &= static_cast<uint16_t>(~kLeaving);
    if (!gone) continue;
    ++lost;
    if ((state & kUncounted) == 0) ++freed;
  }
  slot.present -= lost;
  slot.departing -= lost;
  pools_.add_departing(pool_, -freed * channel_row_bytes_);
  pools_.add_live(pool_, -freed * channel_row_bytes_);
}

bool TileBuffer::has_room(const RowRange& rows, const ChannelRange& channels) const {
  int64_t gained = 0;
  for (int64_t y = rows.first; y < rows.last; ++y) {
    const Slot& slot = slots_[slot_of(y)];
    if (slot.present > 0 && (slot.row != y || departing_in(y, channels))) return false;
    const auto begin = states_.begin() + static_cast<int64_t>(base_of(y)) + channels.first;
    gained += slot.present == 0 ? channels.size()
                                : channels.size() - std::count_if(begin, begin + channels.size(), held);
  }
  return pools_.fits(pool_, gained * channel_row_bytes_);
}

void TileBuffer::release(const RowRange& rows, const ChannelRange& channels) {
  for (int64_t y = rows.first; y < rows.last; ++y) release_row(y, channels);
}

void TileBuffer::release_row(int64_t y, const ChannelRange& channels) {
  Slot& slot = slots_[slot_of(y)];
  if (slot.row != y || slot.present == 0) return;
  int64_t lost = 0;
  int64_t freed = 0;
  int64_t departs = 0;
  int64_t departing_counted = 0;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint16_t& state = states_[base_of(y) + static_cast<size_t>(c)];
    if (!held(state) || held(--state)) continue;
    const bool counted = (state & kUncounted) == 0;
    if ((state & kLeaving) != 0) {
      ++departs;
      departing_counted += counted ? 1 : 0;
    } else {
      ++lost;
      freed += counted ? 1 : 0;
    }
  }
  slot.present -= lost;
  slot.departing += departs;
  pools_.add_departing(pool_, departing_counted * channel_row_bytes_);
  pools_.add_live(pool_, -freed * channel_row_bytes_);
}

void TileBuffer::uncount(const RowRange& rows, const ChannelRange& channels) {
  for (int64_t y = rows.first; y < rows.last; ++y) uncount_row(y, channels);
}

void TileBuffer::uncount_row(int64_t y, const ChannelRange& channels) {
  if (slots_[slot_of(y)].row != y) return;
  int64_t freed = 0;
  for (int64_t c = channels.first; c < channels.last; ++c) {
    uint16_t& state = states_[base_of(y) + static_cast<size_t>(c)];
    if (!held(state) || (state & kUncounted) != 0) continue;
    state |= kUncounted;
    ++freed;
  }
  pools_.add_live(pool_, -freed * channel_row_bytes_);
}

uint64_t* TileBuffer::mutable_channels(int64_t y, const ChannelRange& channels) {
  const Slot& slot = slots_[slot_of(y)];
  const size_t base = base_of(y);
  const auto* begin = states_.data() + base + channels.first;
  const auto readable = [](uint16_t state) { return held(state) && (state & kArriving) == 0; };
  if (!pools_.guarded()) return hashes_.data() + base + channels.first;
  if (slot.row != y || !std::all_of(begin, begin + channels.size(), readable)) {
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

const Value* TileBuffer::values(int64_t y, int64_t c0, int64_t c1) {
  mutable_channels(y, {c0, c1});
  return value_place(y, c0);
}

void TileBuffer::require(const RowRange& rows, const ChannelRange& channels) {
  for (int64_t y = rows.first; y < rows.last; ++y) mutable_channels(y, channels);
}

}  // namespace fusesim::hw
