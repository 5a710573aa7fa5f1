#include "columns/pricing.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace fusesim {
namespace {

/// What a label knows of a tensor that is alive: one byte, of which a free slot has none set.
enum class Place : uint8_t {
  outside,  ///< not made in the group, not read by it
  barred,   ///< no reader that is left may join
  fetched,  ///< not made in the group, read by it
  kept,     ///< made in the group, and all readers so far have joined
  leaving,  ///< made in the group and paid for as leaving it
};
constexpr unsigned kMostParts = 14;  ///< more are taken for one: a relaxation
constexpr unsigned kLevelBits = 3;
static_assert(Frontier::kLevels <= 1U << kLevelBits);

/// Above the level: place, or kept or leaving of which part.
constexpr unsigned kKept = 2;                      ///< + part
constexpr unsigned kLeaving = kKept + kMostParts;  ///< + part

unsigned code_of(uint8_t byte) { return byte >> kLevelBits; }
Place place_of(uint8_t byte) {
  const unsigned code = code_of(byte);
  if (code > kLeaving) return Place::leaving;
  return code > kKept ? Place::kept : static_cast<Place>(code);
}
unsigned level_of(uint8_t byte) { return byte & ((1U << kLevelBits) - 1); }
unsigned part_of(uint8_t byte) {
  const unsigned code = code_of(byte);
  if (code > kLeaving) return code - kLeaving;
  return code > kKept ? code - kKept : 0;
}
uint8_t pack(Place place, unsigned level = 0, unsigned part = 0) {
  unsigned code = static_cast<unsigned>(place);
  if (place == Place::kept) code = kKept + part;
  if (place == Place::leaving) code = kLeaving + part;
  return static_cast<uint8_t>(code << kLevelBits | level);
}
bool is_inside(Place place) { return place == Place::kept || place == Place::leaving; }

}  // namespace

Pricing::Pricing(const Frontier& frontier)
    : LabelSweep(StateLayout(frontier.slots(), false)),
      frontier_(frontier),
      prices_(frontier.prices()),
      state_(state_bytes_, 0) {}

Priced Pricing::run(const std::vector<int64_t>& duals, const PricingOptions& options) {
  return sweep(prices_, frontier_.steps().size(), duals, options);
}

int64_t Pricing::floor_of(const Group& group) {
  std::vector<size_t> positions;
  for (const OpId op : group) positions.push_back(frontier_.position(op));
  return sweep_over(std::move(positions));
}

void Pricing::try_join(const uint8_t* state, const Label& label, bool is_first,
                       const PricingOptions& options) {
  const auto is_barred = [&](const Frontier::Input& input) {
    return place_of(state[input.slot]) == Place::barred;
  };
  const std::vector<Frontier::Input>& inputs = step_->inputs;
  if (!step_->may_join || std::any_of(inputs.begin(), inputs.end(), is_barred)) return;
  std::memcpy(state_.data(), state, state_bytes_);
  Label joined = label;
  if (!join(joined)) return;
  arena_.push_back({label.trace, step_->op});
  joined.trace = static_cast<int32_t>(arena_.size() - 1);
  if (!is_first && parts_ == 1) consider(joined, options);
  const bool is_kept = settle(joined) && may_gain(joined, options) && next_.add(state_.data(), joined);
  if (!is_kept && !is_candidate(joined.trace)) arena_.pop_back();
}

void Pricing::try_skip(const uint8_t* state, Label label, const PricingOptions& options) {
  std::memcpy(state_.data(), state, state_bytes_);
  skip(label);
  if (settle(label) && may_gain(label, options)) next_.add(state_.data(), label);
}

/// The op joins. False if the group does not fit any more.
bool Pricing::join(Label& label) {
  const StorageFloor& storage = prices_.storage_floor();
  label.value += prices_.op_value(step_->op) - dual_;
  label.storage_bytes += storage.op_bytes[static_cast<size_t>(step_->op)];
  join_parts();
  for (const Frontier::Input& input : step_->inputs) {
    uint8_t& byte = state_[input.slot];
    const auto t = static_cast<size_t>(input.tensor);
    const Place place = place_of(byte);
    if (place == Place::outside) {
      label.value += prices_.fetch_value(input.tensor);
      label.storage_bytes += storage.fetch_bytes[t] + input.rows * storage.outside_row_bytes[t];
      byte = pack(Place::fetched, frontier_.level_of(input.tensor, input.rows));
      continue;
    }
    const int64_t held = frontier_.levels(input.tensor)[level_of(byte)];
    const int64_t rows = is_inside(place) ? input.rows_inside : input.rows_fetched[level_of(byte)];
    if (rows <= held) continue;
    const int64_t row_bytes = is_inside(place) ? storage.inside_row_bytes[t] : storage.outside_row_bytes[t];
    label.storage_bytes += (rows - held) * row_bytes;
    byte = pack(place, frontier_.level_of(input.tensor, rows), part_of(byte));
  }
  for (const Frontier::Output& output : step_->outputs) {
    const auto t = static_cast<size_t>(output.tensor);
    const bool leaves = prices_.graph().tensor(output.tensor).graph_output || storage.ends_group[t];
    label.storage_bytes += storage.inside_row_bytes[t];
    if (leaves) {
      label.value += prices_.store_value(output.tensor);
      label.storage_bytes += storage.leave_bytes[t];
    }
    if (output.slot < 0) continue;
    const Place place = storage.ends_group[t] ? Place::barred : leaves ? Place::leaving : Place::kept;
    const unsigned part = place == Place::barred ? 0 : new_part_;
    state_[static_cast<size_t>(output.slot)] = pack(place, frontier_.level_of(output.tensor, 1), part);
  }
  for (const size_t slot : step_->freed) state_[slot] = 0;
  return label.storage_bytes < prices_.buffer_bytes();
}

/// The parts that the op reads from become one.
void Pricing::join_parts() {
  parts_ = 0;
  for (size_t i = 0; i < state_bytes_; ++i) parts_ = std::max<unsigned>(parts_, part_of(state_[i]));
  unsigned read = 0;
  new_part_ = 0;
  for (const Frontier::Input& input : step_->inputs) {
    const unsigned part = part_of(state_[input.slot]);
    if (part == 0 || (read >> part & 1U) != 0) continue;
    read |= 1U << part;
    if (new_part_ != 0) --parts_;
    new_part_ = part;
  }
  if (new_part_ == 0) {
    if (parts_ < kMostParts) ++parts_;
    new_part_ = parts_;
    return;
  }
  for (uint8_t& byte : state_) {
    if ((read >> part_of(byte) & 1U) != 0) byte = pack(place_of(byte), level_of(byte), new_part_);
  }
}

/// The op does not join: what it reads leaves the group, and what comes after it cannot join.
void Pricing::skip(Label& label) {
  parts_ = 0;
  for (size_t i = 0; i < state_bytes_; ++i) parts_ = std::max<unsigned>(parts_, part_of(state_[i]));
  bool is_after = false;
  for (const Frontier::Input& input : step_->inputs) {
    uint8_t& byte = state_[input.slot];
    const Place place = place_of(byte);
    is_after = is_after || place == Place::barred || is_inside(place);
    if (place != Place::kept) continue;
    label.value += prices_.store_value(input.tensor);
    label.storage_bytes += prices_.storage_floor().leave_bytes[static_cast<size_t>(input.tensor)];
    byte = pack(Place::leaving, level_of(byte), part_of(byte));
  }
  for (const Frontier::Output& output : step_->outputs) {
    if (output.slot >= 0)
      state_[static_cast<size_t>(output.slot)] = pack(is_after ? Place::barred : Place::outside);
  }
  for (const size_t slot : step_->freed) state_[slot] = 0;
}

/// The group as it is, complete: what is kept and has readers left leaves it.
void Pricing::consider(const Label& label, const PricingOptions& options) {
  int64_t reduced = label.value;
  int64_t storage_bytes = label.storage_bytes;
  for (const Frontier::Alive& alive : step_->alive) {
    if (place_of(state_[alive.slot]) != Place::kept) continue;
    reduced += prices_.store_value(alive.tensor);
    storage_bytes += prices_.storage_floor().leave_bytes[static_cast<size_t>(alive.tensor)];
  }
  if (reduced < options.slack && storage_bytes < prices_.buffer_bytes()) offer(reduced, label.trace, options);
}

/// Readers that cannot join, and what depends on them: those that come after something that left the group,
/// and those without room for all that would have to join with them.
uint64_t Pricing::barred_readers(const Label& label) const {
  uint64_t barred = 0;
  for (const Frontier::Alive& alive : step_->alive) {
    const Place place = place_of(state_[alive.slot]);
    if (place == Place::barred) barred |= alive.below;
    if (!is_inside(place)) continue;
    for (const Frontier::Need& need : alive.needs) {
      if (label.storage_bytes + need.bytes >= prices_.buffer_bytes()) barred |= step_->below[need.reader];
    }
  }
  return barred;
}

/// Brings a label into the one form of all labels that have the same future. False if it has none.
bool Pricing::settle(Label& label) {
  const uint64_t barred = barred_readers(label);
  saved_value_ = 0;
  uint64_t full = 0;  // no room for the op alone; what comes after it may still join
  for (size_t j = 0; j < step_->readers.size(); ++j) {
    if (label.storage_bytes + step_->reader_bytes[j] >= prices_.buffer_bytes()) full |= uint64_t{1} << j;
  }
  for (const Frontier::Alive& alive : step_->alive) {
    uint8_t& byte = state_[alive.slot];
    Place place = place_of(byte);
    if (place == Place::kept && (alive.readers & (barred | full)) != 0) {
      label.value += prices_.store_value(alive.tensor);
      label.storage_bytes += prices_.storage_floor().leave_bytes[static_cast<size_t>(alive.tensor)];
      place = Place::leaving;
    }
    unsigned level = level_of(byte);
    if (place != Place::outside && place != Place::barred && level >= alive.most_level)
      level = static_cast<unsigned>(frontier_.levels(alive.tensor).size() - 1);
    byte = pack(place, level, part_of(byte));
    if (!alive.knows_all) continue;
    if ((alive.readers & ~barred) == 0 || (is_inside(place) && (alive.readers & ~(barred | full)) == 0)) {
      byte = pack(Place::barred);
    } else if (place == Place::fetched && (alive.readers & ~(barred | full)) == 0) {
      byte = pack(Place::outside);
    }
    place = place_of(byte);
    if (is_inside(place) || place == Place::fetched) saved_value_ += prices_.fetch_value(alive.tensor);
  }
  return label.storage_bytes < prices_.buffer_bytes() && renumber_parts(label);
}

/// Numbers the parts in the order of their first slots. False if one of them can neither grow nor be joined.
bool Pricing::renumber_parts(const Label& label) {
  std::array<unsigned, kMostParts + 1> number = {};
  unsigned count = 0;
  for (uint8_t& byte : state_) {
    const unsigned part = part_of(byte);
    if (part == 0) continue;
    if (number[part] == 0) number[part] = ++count;
    byte = pack(place_of(byte), level_of(byte), number[part]);
  }
  if (count == 0 || count < parts_) return false;
  return count == 1 || may_connect(label, count);
}

/// Whether there is room for what joins every part to some other.
bool Pricing::may_connect(const Label& label, unsigned parts) const {
  const std::vector<Frontier::Alive>& alive = step_->alive;
  unsigned joined = 0;
  for (size_t a = 0; a < alive.size(); ++a) {
    const unsigned part = part_of(state_[alive[a].slot]);
    if (part == 0 || (joined >> part & 1U) != 0) continue;
    for (size_t b = 0; b < alive.size(); ++b) {
      const unsigned other = part_of(state_[alive[b].slot]);
      if (other == 0 || other == part) continue;
      if (label.storage_bytes + step_->connect_bytes[a * alive.size() + b] >= prices_.buffer_bytes())
        continue;
      joined |= 1U << part | 1U << other;
      break;
    }
  }
  return joined == ((1U << (parts + 1)) - 2);
}

/// What may be added to the group comes to no less than the duals of its ops, beside what is fetched once
/// less with it: where that is not so, it is a group of negative reduced value itself, and found as one.
bool Pricing::may_gain(const Label& label, const PricingOptions& options) const {
  const int64_t reduced = label.value - options.slack;
  if (options.hasty && reduced >= saved_value_) return false;
  return reduced < gains_.most(position_, label.storage_bytes);
}

}  // namespace fusesim
