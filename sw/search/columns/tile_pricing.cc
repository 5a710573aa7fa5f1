#include "columns/tile_pricing.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "fusesim/cost/params.h"

namespace fusesim {
namespace {

constexpr unsigned kMostParts = 8;  ///< more are taken for one: a relaxation
constexpr unsigned kWantedCode = 5;
/// Of a slot: place and want, level, parts.
constexpr size_t kSlotBytes = 3;

}  // namespace

TilePricing::TilePricing(size_t slots)
    : LabelSweep((kSlotBytes * slots + 7) / 8 * 8),
      parts_end_(kSlotBytes * slots),
      state_(state_bytes_, 0),
      before_(state_bytes_, 0) {}

TilePricing::Held TilePricing::held(size_t slot) const {
  const uint8_t* bytes = &state_[kSlotBytes * slot];
  Held held;
  held.place = static_cast<Place>(bytes[0]);
  held.level = bytes[1];
  held.parts = bytes[2];
  if (bytes[0] >= kWantedCode) {
    const unsigned code = bytes[0] - kWantedCode;
    held.place = code < TileFrontier::kWants ? Place::wanted : Place::missed;
    held.want = static_cast<Want>(code % TileFrontier::kWants);
  }
  return held;
}

void TilePricing::put(size_t slot, const Held& held) {
  uint8_t* bytes = &state_[kSlotBytes * slot];
  bytes[0] = static_cast<uint8_t>(held.place);
  if (held.is_wanted())
    bytes[0] = static_cast<uint8_t>(kWantedCode + (held.place == Place::missed ? TileFrontier::kWants : 0) +
                                    static_cast<size_t>(held.want));
  bytes[1] = held.level;
  bytes[2] = held.parts;
}

void TilePricing::begin(const TileFrontier& frontier) {
  frontier_ = &frontier;
  prices_ = &frontier.prices();
}

Priced TilePricing::run(const TileFrontier& frontier, const std::vector<int64_t>& duals,
                        const PricingOptions& options) {
  begin(frontier);
  return sweep(*prices_, frontier.steps().size(), duals, options);
}

int64_t TilePricing::floor_of(const TileFrontier& frontier, const Group& group) {
  begin(frontier);
  std::vector<size_t> positions;
  for (const OpId op : group) positions.push_back(frontier.position(op));
  return sweep_over(std::move(positions));
}

void TilePricing::consider(Label label, const PricingOptions& options) {
  for (const TileFrontier::Alive& alive : step_->alive) {
    const Held now = held(alive.slot);
    if (now.is_wanted()) fetch(alive.tensor, now, label);
  }
  if (label.value < options.slack && label.storage_bytes < prices_->buffer_bytes())
    offer(label.value, label.trace, options);
}

/// Brings a label into the one form of all labels that have the same future. False if it has none.
bool TilePricing::settle(Label& label) {
  own_bytes_ = 0;
  for (const TileFrontier::Alive& alive : step_->alive) {
    Held now = held(alive.slot);
    if (now.is_wanted() && label.storage_bytes + alive.producer_bytes >= prices_->buffer_bytes()) {
      now.place = fetch(alive.tensor, now, label);
      now.parts = 0;
    }
    if (now.is_wanted()) own_bytes_ += alive.own_bytes;
    if (now.is_fetched() && !alive.has_more_readers) now = {Place::barred};
    if (now.place == Place::barred && alive.is_input && !alive.has_more_readers) now = {};
    put(alive.slot, now);
  }
  return label.storage_bytes < prices_->buffer_bytes() && renumber_parts();
}

/// Numbers the parts in the order of their first slots. False if nothing can join one of them any more.
bool TilePricing::renumber_parts() {
  std::array<uint8_t, kMostParts> number = {};
  uint8_t count = 0;
  for (size_t i = 2; i < parts_end_; i += kSlotBytes) {
    uint8_t renumbered = 0;
    for (unsigned part = 0; state_[i] >> part != 0; ++part) {
      if ((state_[i] >> part & 1U) == 0) continue;
      if (number[part] == 0) number[part] = ++count;
      renumbered = static_cast<uint8_t>(renumbered | 1U << (number[part] - 1U));
    }
    state_[i] = renumbered;
  }
  return count > 0 && count >= parts_;
}

void TilePricing::join_parts(uint8_t parts) {
  for (size_t i = 2; i < parts_end_; i += kSlotBytes) {
    if ((state_[i] & parts) != 0) state_[i] = static_cast<uint8_t>((state_[i] & ~parts) | 1U << new_part_);
  }
}

unsigned TilePricing::count_parts() const {
  unsigned all = 0;
  for (size_t i = 2; i < parts_end_; i += kSlotBytes) all |= state_[i];
  unsigned count = 0;
  for (; all != 0; all >>= 1U) count += all & 1U;
  return count;
}

/// Ops that make what is wanted add less than others: the label has a part of it already.
bool TilePricing::may_gain(const Label& label, int64_t slack) const {
  return label.value - slack < gains_.most(position_, std::max<int64_t>(0, label.storage_bytes - own_bytes_));
}

}  // namespace fusesim
