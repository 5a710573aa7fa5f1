#include <algorithm>
#include <cstring>

#include "columns/tile_pricing.h"

namespace fusesim {
namespace {

/// Of an op: each of them may be the one that is SLICE.
constexpr size_t kFewInputs = 2;

}  // namespace

/// It comes from outside: what that costs beside what the label has already. False if it cannot come as it is
/// wanted.
bool TilePricing::fetch(TensorId tensor, bool has_more_readers, Held& held, Label& label) const {
  const int64_t whole = prices_->fetch_value(tensor);
  const int64_t stream = prices_->least_stream_value(tensor);
  const Outside outside = frontier_->outside(tensor);
  label.storage_bytes -= frontier_->least_bytes(tensor, held.want, held.level);
  held.place = Place::fetched;
  held.parts = 0;
  const Want own = held.want;
  if (has_more_readers) held.want = shared(own);
  switch (held.want) {
    case Want::full:
      if (outside == Outside::slice) return false;
      label.value += whole;
      break;
    case Want::slice:
      if (outside == Outside::full) return false;
      label.value += stream;
      break;
    case Want::any:
      label.value += std::min(whole, stream);
      break;
    case Want::full_alone:
      label.value += whole;
      held.want = Want::full;
      break;
    case Want::slice_alone:
      label.value += stream;
      held.want = Want::slice;
      break;
    case Want::several:
      held.want = outside == Outside::full ? Want::full : Want::any;
      if (outside == Outside::slice) held.want = Want::slice;
      if (outside == Outside::either) label.value += std::min(whole, 2 * stream);
      if (outside != Outside::either) label.value += outside == Outside::full ? whole : 2 * stream;
      break;
  }
  if (has_more_readers && own != shared(own)) held.want = own;
  label.storage_bytes += storage_of(tensor, held);
  return true;
}

/// No further op of the group reads it: it is as its one reader wants it.
void TilePricing::settle_alone(TensorId tensor, Held& held, Label& label) const {
  if (held.place != Place::fetched || held.want == shared(held.want)) return;
  const int64_t whole = prices_->fetch_value(tensor);
  const int64_t stream = prices_->least_stream_value(tensor);
  label.storage_bytes -= storage_of(tensor, held);
  label.value -= std::min(whole, stream);
  label.value += held.want == Want::full_alone ? whole : stream;
  held.want = held.want == Want::full_alone ? Want::full : Want::slice;
  label.storage_bytes += storage_of(tensor, held);
}

void TilePricing::try_skip(const uint8_t* state, Label label, const PricingOptions& options) {
  take(state);
  Held out = step_->slot >= 0 ? held(static_cast<size_t>(step_->slot)) : Held();
  bool is_before = out.place != Place::unread;
  if (out.is_wanted() && !fetch(step_->output, false, out, label)) return;
  if (step_->slot >= 0) put(static_cast<size_t>(step_->slot), {});
  for (const size_t slot : step_->other_slots) {
    is_before = is_before || held(slot).place != Place::unread;
    put(slot, {});
  }
  for (const TileFrontier::Input& input : step_->inputs) {
    Held now = held(input.slot);
    if (is_before) {
      if (now.is_wanted() && !fetch(input.tensor, input.has_more_readers, now, label)) return;
      if (now.place == Place::unread) now.place = Place::barred;
    } else if (now.is_wanted()) {
      now.place = Place::missed;
    }
    put(input.slot, now);
  }
  if (settle(label) && may_gain(label, options)) next_.add(state_.data(), label, ranked_bytes_);
}

void TilePricing::add_way(const Held& out, bool makes_slice, int64_t row_bytes, Want want, int sliced) {
  const bool fits = out.place == Place::unread || out.want == Want::any || out.want == Want::full_alone ||
                    (out.want == Want::slice || out.want == Want::slice_alone) == makes_slice;
  if (fits) ways_.push_back({row_bytes, want, sliced});
}

/// The ways in which the rules let the op make its output as the group wants it.
void TilePricing::find_ways(const Held& out) {
  const StorageFloor& storage = prices_->storage_floor();
  const auto t = static_cast<size_t>(step_->output);
  const int64_t full = storage.inside_row_bytes[t];
  const int64_t slice = storage.inside_slice_row_bytes[t];
  const bool held_full =
      out.is_wanted() && storage.may_hold[t] && out.want != Want::slice && out.want != Want::slice_alone;
  ways_.clear();
  switch (step_->rule) {
    case ChannelRule::whole:
      add_way(out, false, full, Want::any);
      break;
    case ChannelRule::mixing:
      add_way(out, false, full, Want::full);
      break;
    case ChannelRule::reducing:
      add_way(out, true, slice, Want::full);
      add_way(out, false, storage.inside_sums_row_bytes[t], Want::slice);
      if (held_full) ways_.push_back({full, Want::full});
      break;
    case ChannelRule::local: {
      if (step_->inputs.size() == 1) {
        add_way(out, true, slice, Want::slice);
        add_way(out, false, full, held_full ? Want::any : Want::full);
        break;
      }
      add_join_ways(out, full, slice);
      break;
    }
  }
}

/// Of a local op with several inputs. All that is made inside is SLICE, and what comes from outside too; or
/// not all, and what comes from outside is FULL.
void TilePricing::add_join_ways(const Held& out, int64_t full, int64_t slice) {
  if (!prices_->storage_floor().tells_joins_apart) {
    add_way(out, true, slice, Want::any);
    add_way(out, false, full, Want::any);
    return;
  }
  add_way(out, true, slice, Want::slice_alone);
  add_way(out, false, full, Want::slice_alone);
  add_way(out, false, full, Want::full_alone);
  if (step_->inputs.size() > kFewInputs) return add_way(out, true, slice, Want::full_alone);
  for (int i = 0; i < static_cast<int>(step_->inputs.size()); ++i)
    add_way(out, true, slice, Want::full_alone, i);
}

/// All ways in which the op may join.
void TilePricing::try_join(const uint8_t* state, const Label& label, bool is_first,
                           const PricingOptions& options) {
  if (!step_->may_join) return;
  take(state);
  Label joined = label;
  Held out = step_->slot >= 0 ? held(static_cast<size_t>(step_->slot)) : Held();
  joined.value += prices_->op_value(step_->op) - dual_;
  joined.storage_bytes += prices_->storage_floor().op_bytes[static_cast<size_t>(step_->op)];
  if (!take_output(out, joined)) return;
  find_ways(out);
  const auto t = static_cast<size_t>(step_->output);
  const int64_t rows =
      std::min(frontier_->rows(step_->output, out.level), prices_->storage_floor().most_rows[t]);
  arena_.push_back({label.trace, step_->op});
  joined.trace = static_cast<int32_t>(arena_.size() - 1);
  bool is_kept = false;
  before_ = state_;
  for (const Way& way : ways_) {
    Label made = joined;
    made.storage_bytes += rows * way.row_bytes;
    state_ = before_;
    const bool reads =
        std::all_of(step_->inputs.begin(), step_->inputs.end(), [&](const TileFrontier::Input& input) {
          const bool is_sliced = way.sliced == static_cast<int>(&input - step_->inputs.data());
          return read(input, is_sliced ? Want::slice : way.want, input.level[out.level], made);
        });
    if (!reads || made.storage_bytes >= prices_->buffer_bytes()) continue;
    if (!is_first && parts_ == 1) consider(made, options);
    if (settle(made) && may_gain(made, options) && next_.add(state_.data(), made, ranked_bytes_))
      is_kept = true;
  }
  if (!is_kept && !is_candidate(joined.trace)) arena_.pop_back();
}

/// Its readers' parts of the group become one. False if the op may not join.
bool TilePricing::take_output(Held& out, Label& label) {
  const auto t = static_cast<size_t>(step_->output);
  const StorageFloor& storage = prices_->storage_floor();
  if (out.place == Place::barred || out.place == Place::fetched) return false;
  if (out.is_wanted() && storage.ends_group[t]) return false;
  const bool leaves = out.place != Place::wanted || prices_->graph().tensor(step_->output).graph_output;
  if (leaves && !step_->may_leave) return false;
  new_part_ = 0;
  if (out.is_wanted()) {
    label.storage_bytes -= frontier_->least_bytes(step_->output, out.want, out.level);
    while ((out.parts >> new_part_ & 1U) == 0) ++new_part_;
    join_parts(out.parts);
    parts_ -= count_of(out.parts) - 1;
  } else {
    constexpr auto kMost = static_cast<unsigned>(kMostParts);
    new_part_ = std::min(parts_, kMost - 1);
    parts_ = std::min(parts_ + 1, kMost);
  }
  if (leaves) label.value += prices_->store_value(step_->output);
  out.level = std::max(out.level, leaves ? step_->leaving_level : step_->own_level);
  if (step_->slot >= 0) put(static_cast<size_t>(step_->slot), {});
  return true;
}

/// False if it cannot.
bool TilePricing::read(const TileFrontier::Input& input, Want want, uint8_t level, Label& label) {
  Held now = held(input.slot);
  if (now.place == Place::fetched) return read_fetched(input, want, level, label);
  if (now.is_wanted()) return read_wanted(input, want, level, label);
  if (now.place == Place::barred || input.outside_only || frontier_->has_no_producer(input.tensor)) {
    return read_barred(input, want, level, label);
  }
  label.storage_bytes += frontier_->least_bytes(input.tensor, want, level);
  now.place = input.is_first ? Place::wanted : Place::missed;
  put(input.slot, {now.place, want, level, static_cast<uint8_t>(1U << new_part_)});
  return true;
}

bool TilePricing::read_barred(const TileFrontier::Input& input, Want want, uint8_t level, Label& label) {
  const bool waits = input.has_more_readers && want != shared(want);
  const Outside outside = frontier_->outside(input.tensor);
  if (want == (outside == Outside::full ? Want::slice : Want::full) && outside != Outside::either)
    return false;
  const int64_t whole = prices_->fetch_value(input.tensor);
  int64_t value = std::min(whole, input.stream_value);
  if (want == Want::full || want == Want::full_alone) value = whole;
  if (want == Want::slice || want == Want::slice_alone) value = input.stream_value;
  if (waits) value = std::min(whole, prices_->least_stream_value(input.tensor));
  if (!waits && want == Want::full_alone) want = Want::full;
  if (!waits && want == Want::slice_alone) want = Want::slice;
  const Held now = {Place::fetched, want, level, 0};
  label.value += value;
  label.storage_bytes += storage_of(input.tensor, now);
  put(input.slot, now);
  return true;
}

bool TilePricing::read_fetched(const TileFrontier::Input& input, Want want, uint8_t level, Label& label) {
  Held now = held(input.slot);
  want = shared(want);
  label.storage_bytes -= storage_of(input.tensor, now);
  now.want = shared(now.want);
  const Outside outside = frontier_->outside(input.tensor);  // now that several read it
  if (outside != Outside::either && now.want == Want::any)
    now.want = outside == Outside::full ? Want::full : Want::slice;
  if (now.want == Want::full && want == Want::slice) return false;
  if (now.want == Want::slice && want == Want::full) return false;
  if (now.want == Want::slice) label.value += input.stream_value;
  now.level = std::max(now.level, level);
  label.storage_bytes += storage_of(input.tensor, now);
  put(input.slot, now);
  return true;
}

/// What several read is FULL if it is made inside, so that a SLICE of it comes from outside.
bool TilePricing::read_wanted(const TileFrontier::Input& input, Want want, uint8_t level, Label& label) {
  Held now = held(input.slot);
  label.storage_bytes -= frontier_->least_bytes(input.tensor, now.want, now.level);
  now.want = shared(now.want);
  want = shared(want);
  label.storage_bytes += frontier_->least_bytes(input.tensor, now.want, now.level);
  if (want == Want::slice || now.want == Want::slice) {
    if (want == Want::full || now.want == Want::full) return false;
    if (frontier_->outside(input.tensor) == Outside::full || !fetch(input.tensor, true, now, label))
      return false;
    label.storage_bytes -= storage_of(input.tensor, now);
    now.want = Want::slice;
    label.storage_bytes += storage_of(input.tensor, now);
    put(input.slot, now);
    return read_fetched(input, Want::slice, level, label);
  }
  label.storage_bytes -= frontier_->least_bytes(input.tensor, now.want, now.level);
  now.want = Want::several;
  now.level = std::max(now.level, level);
  now.parts = static_cast<uint8_t>(now.parts | 1U << new_part_);
  label.storage_bytes += frontier_->least_bytes(input.tensor, now.want, now.level);
  put(input.slot, now);
  return true;
}

}  // namespace fusesim
