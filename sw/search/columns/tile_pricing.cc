#include "columns/tile_pricing.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "fusesim/cost/params.h"

namespace fusesim {
namespace {

/// The flag of a label: a tensor without it costs no more, whatever follows.
constexpr uint8_t kMissed = 1;
/// A byte of a label's key: place and want.
constexpr unsigned kPlaceShift = 4;
constexpr unsigned kWantMask = 15;

}  // namespace

TilePricing::TilePricing(size_t slots) : TilePricing(StateLayout(slots, true), slots) {}

TilePricing::TilePricing(const StateLayout& layout, size_t slots)
    : LabelSweep(layout),
      slots_(slots),
      levels_(layout.section),
      flags_(2 * layout.section),
      parts_begin_(3 * layout.section),
      state_(state_bytes_, 0),
      before_(state_bytes_, 0) {}

TilePricing::Held TilePricing::held(size_t slot) const {
  const uint8_t flags = state_[flags_ + slot];
  Held held;
  held.place = static_cast<Place>(state_[slot] >> kPlaceShift);
  if (held.place == Place::wanted && (flags & kMissed) != 0) held.place = Place::missed;
  held.want = static_cast<Want>(state_[slot] & kWantMask);
  held.level = state_[levels_ + slot];
  held.parts = state_[parts_begin_ + slot];
  return held;
}

void TilePricing::put(size_t slot, const Held& held) {
  const bool is_missed = held.place == Place::missed;
  state_[slot] =
      static_cast<uint8_t>(static_cast<unsigned>(is_missed ? Place::wanted : held.place) << kPlaceShift |
                           static_cast<unsigned>(held.want));
  state_[levels_ + slot] = held.level;
  state_[flags_ + slot] = is_missed ? kMissed : 0;
  state_[parts_begin_ + slot] = held.parts;
}

/// Where there is one part, labels do not say so.
void TilePricing::take(const uint8_t* state) {
  std::memcpy(state_.data(), state, state_bytes_);
  if (all_parts() == 0) {
    for (size_t slot = 0; slot < slots_; ++slot) {
      if (held(slot).is_wanted()) state_[parts_begin_ + slot] = 1;
    }
  }
  parts_ = count_of(all_parts());
}

/// Those that some tensor is wanted by.
uint8_t TilePricing::all_parts() const {
  uint8_t all = 0;
  for (size_t slot = 0; slot < slots_; ++slot) all |= state_[parts_begin_ + slot];
  return all;
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
    Held now = held(alive.slot);
    if (now.is_wanted() && !fetch(alive.tensor, false, now, label)) return;
    settle_alone(alive.tensor, now, label);
  }
  if (label.value < options.slack && label.storage_bytes < prices_->buffer_bytes())
    offer(label.value, label.trace, options);
}

/// Brings a label into the one form of all labels that have the same future. False if it has none.
bool TilePricing::settle(Label& label) {
  own_bytes_ = 0;
  ranked_bytes_ = 0;
  saved_value_ = 0;
  for (const TileFrontier::Alive& alive : step_->alive) {
    Held now = held(alive.slot);
    if (now.is_wanted() && label.storage_bytes + alive.producer_bytes >= prices_->buffer_bytes()) {
      if (!fetch(alive.tensor, alive.has_more_readers, now, label)) return false;
    }
    if (now.is_wanted()) own_bytes_ += alive.own_bytes;
    if (!alive.has_more_readers) settle_alone(alive.tensor, now, label);
    if (now.place == Place::fetched && !alive.has_more_readers) now = {Place::barred};
    if (now.place == Place::barred && alive.is_input && !alive.has_more_readers) now = {};
    ranked_bytes_ += storage_of(alive.tensor, now);
    if (now.place == Place::wanted) saved_value_ += alive.saved_if_made;
    if (now.place == Place::fetched && alive.has_more_readers) saved_value_ += alive.saved_if_shared;
    put(alive.slot, now);
  }
  return label.storage_bytes < prices_->buffer_bytes() && renumber_parts();
}

/// What follows from its level.
int64_t TilePricing::storage_of(TensorId tensor, const Held& held) const {
  if (held.is_wanted()) return frontier_->least_bytes(tensor, held.want, held.level);
  if (held.place != Place::fetched) return 0;
  return frontier_->rows(tensor, held.level) * frontier_->outside_row_bytes(tensor, shared(held.want));
}

/// Numbers the parts in the order of their first slots. False if nothing can join one of them any more.
bool TilePricing::renumber_parts() {
  uint8_t* parts = state_.data() + parts_begin_;
  const unsigned all = count_of(all_parts());
  if (all == 0) return false;
  if (all == 1) {
    std::fill_n(parts, slots_, uint8_t{0});
    return parts_ <= 1;
  }
  std::array<uint8_t, kMostParts> number = {};
  uint8_t count = 0;
  for (size_t slot = 0; slot < slots_; ++slot) {
    uint8_t renumbered = 0;
    for (unsigned part = 0; parts[slot] >> part != 0; ++part) {
      if ((parts[slot] >> part & 1U) == 0) continue;
      if (number[part] == 0) number[part] = ++count;
      renumbered = static_cast<uint8_t>(renumbered | 1U << (number[part] - 1U));
    }
    parts[slot] = renumbered;
  }
  return count >= parts_;
}

void TilePricing::join_parts(uint8_t parts) {
  for (size_t i = parts_begin_; i < parts_begin_ + slots_; ++i) {
    if ((state_[i] & parts) != 0) state_[i] = static_cast<uint8_t>((state_[i] & ~parts) | 1U << new_part_);
  }
}

/// Ops that make what is wanted add less than others: the label has a part of it already. What may be added
/// to the group comes to no less than the duals of its ops, beside what is moved once less with it: where
/// that is not so, it is a group of negative reduced value itself, and found as one.
bool TilePricing::may_gain(const Label& label, const PricingOptions& options) const {
  const int64_t reduced = label.value - options.slack;
  if (options.hasty && reduced >= saved_value_) return false;
  return reduced < gains_.most(position_, std::max<int64_t>(0, label.storage_bytes - own_bytes_));
}

}  // namespace fusesim
