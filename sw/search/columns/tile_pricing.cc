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
    : state_bytes_((kSlotBytes * slots + 7) / 8 * 8),
      parts_end_(kSlotBytes * slots),
      now_(state_bytes_),
      next_(state_bytes_),
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
  arena_.clear();
}

Priced TilePricing::run(const TileFrontier& frontier, const std::vector<int64_t>& duals,
                        const PricingOptions& options) {
  begin(frontier);
  Priced priced;
  priced.least_reduced.assign(duals.size(), 0);
  priced.complete = true;
  const int64_t bucket_bytes =
      std::max<int64_t>(1, (prices_->buffer_bytes() + options.buckets - 1) / options.buckets);
  std::vector<KnapsackGain::Item> items;
  for (size_t i = 0; i < frontier.steps().size(); ++i) {
    const TileFrontier::Step& step = frontier.steps()[i];
    const int64_t gain = duals[static_cast<size_t>(step.op)] - prices_->op_value(step.op);
    if (step.may_join && gain > 0) items.push_back({i, gain, step.joining_bytes});
  }
  gains_.run(frontier.steps().size(), std::move(items), prices_->buffer_bytes());
  now_.clear(bucket_bytes);
  for (position_ = 0; position_ < frontier.steps().size(); ++position_) {
    if (priced.labels >= options.most_sweep_labels || (options.stop && options.stop())) {
      priced.complete = false;
      break;
    }
    step_ = &frontier.steps()[position_];
    const auto op = static_cast<size_t>(step_->op);
    dual_ = duals[op];
    next_.clear(bucket_bytes);
    candidates_.clear();
    take_step(options);
    for (const Candidate& candidate : candidates_) {
      PricedSet& set = priced.groups.emplace_back();
      set.group = group_of(candidate.trace);
      set.value = candidate.reduced;
      for (const OpId member : set.group) set.value += duals[static_cast<size_t>(member)];
    }
    if (!candidates_.empty()) priced.least_reduced[op] = std::min<int64_t>(0, candidates_.front().reduced);
    priced.labels += static_cast<int64_t>(next_.labels());
    if (next_.labels() > options.most_labels) {
      priced.complete = false;
      next_.keep_best(options.most_labels);
    }
    std::swap(now_, next_);
  }
  return priced;
}

int64_t TilePricing::floor_of(const TileFrontier& frontier, const Group& group) {
  begin(frontier);
  gains_.clear();
  PricingOptions options;
  options.slack = kNeverFits / 2;
  std::vector<size_t> positions;
  for (const OpId op : group) positions.push_back(frontier.position(op));
  std::sort(positions.begin(), positions.end());
  dual_ = 0;
  now_.clear(1);
  size_t members = 0;
  const std::vector<uint8_t> nothing(state_bytes_, 0);
  for (position_ = positions.front(); position_ <= positions.back(); ++position_) {
    step_ = &frontier.steps()[position_];
    next_.clear(1);
    candidates_.clear();
    const bool joins = position_ == positions[members];
    if (members == 0) try_join(nothing.data(), {}, true, options);
    for (size_t s = 0; s < now_.states(); ++s) {
      for (int32_t entry = now_.first(s); entry >= 0; entry = now_.next(entry)) {
        if (joins) {
          try_join(now_.state(s), now_.label(entry), false, options);
        } else {
          try_skip(now_.state(s), now_.label(entry), options);
        }
      }
    }
    members += joins ? 1 : 0;
    std::swap(now_, next_);
  }
  return candidates_.empty() ? kNeverFits : candidates_.front().reduced;
}

void TilePricing::take_step(const PricingOptions& options) {
  for (size_t s = 0; s < now_.states(); ++s) {
    for (int32_t entry = now_.first(s); entry >= 0; entry = now_.next(entry)) {
      try_join(now_.state(s), now_.label(entry), false, options);
      try_skip(now_.state(s), now_.label(entry), options);
    }
  }
  const std::vector<uint8_t> nothing(state_bytes_, 0);
  try_join(nothing.data(), {}, true, options);
}

void TilePricing::consider(Label label, const PricingOptions& options) {
  for (const TileFrontier::Alive& alive : step_->alive) {
    const Held now = held(alive.slot);
    if (now.is_wanted()) fetch(alive.tensor, now, label);
  }
  if (label.value >= options.slack || label.storage_bytes >= prices_->buffer_bytes()) return;
  const auto known = std::find_if(candidates_.begin(), candidates_.end(),
                                  [&](const Candidate& c) { return c.trace == label.trace; });
  if (known != candidates_.end()) {
    if (known->reduced <= label.value) return;
    candidates_.erase(known);
  }
  const auto at =
      std::upper_bound(candidates_.begin(), candidates_.end(), label.value,
                       [](int64_t value, const Candidate& other) { return value < other.reduced; });
  if (static_cast<size_t>(at - candidates_.begin()) >= options.keep) return;
  candidates_.insert(at, {label.value, label.trace});
  if (candidates_.size() > options.keep) candidates_.pop_back();
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

Group TilePricing::group_of(int32_t trace) const {
  Group group;
  for (; trace >= 0; trace = arena_[static_cast<size_t>(trace)].before)
    group.push_back(arena_[static_cast<size_t>(trace)].op);
  std::sort(group.begin(), group.end());
  return group;
}

}  // namespace fusesim
