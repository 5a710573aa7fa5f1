#include "columns/label_sweep.h"

#include <algorithm>
#include <utility>

#include "fusesim/cost/params.h"

namespace fusesim {
namespace {

/// Of the labels of one step. There are two tables of them, each with as much again for what it drops.
constexpr size_t kMostTableBytes = size_t{50} << 20U;

}  // namespace

LabelSweep::LabelSweep(const StateLayout& layout)
    : state_bytes_(layout.bytes()), now_(layout), next_(layout) {}

Priced LabelSweep::sweep(const PriceFloor& prices, size_t steps, const std::vector<int64_t>& duals,
                         const PricingOptions& options) {
  Priced priced;
  priced.least_reduced.assign(duals.size(), 0);
  priced.complete = !options.hasty;
  const int64_t bucket_bytes =
      std::max<int64_t>(1, (prices.buffer_bytes() + options.buckets - 1) / options.buckets);
  std::vector<KnapsackGain::Item> items;
  for (size_t i = 0; i < steps; ++i) {
    const SweepStep& step = step_at(i);
    const int64_t gain = duals[static_cast<size_t>(step.op)] - prices.op_value(step.op);
    if (step.may_join && gain > 0) items.push_back({i, gain, step.joining_bytes});
  }
  most_bytes_ = prices.buffer_bytes();
  const size_t most_labels = std::min(options.most_labels, kMostTableBytes / next_.label_bytes());
  gains_.run(steps, std::move(items), prices.buffer_bytes());
  arena_.clear();
  now_.clear(bucket_bytes);
  for (position_ = 0; position_ < steps; ++position_) {
    if (priced.labels >= options.most_sweep_labels || (options.stop && options.stop())) {
      priced.complete = false;
      break;
    }
    const auto op = static_cast<size_t>(step_at(position_).op);
    enter(position_);
    dual_ = duals[op];
    next_.clear(bucket_bytes);
    candidates_.clear();
    take_step(true, true, true, options);
    for (const Candidate& candidate : candidates_) {
      PricedSet& set = priced.groups.emplace_back();
      set.group = group_of(candidate.trace);
      set.value = candidate.reduced;
      for (const OpId member : set.group) set.value += duals[static_cast<size_t>(member)];
    }
    if (!candidates_.empty()) priced.least_reduced[op] = std::min<int64_t>(0, candidates_.front().reduced);
    priced.labels += static_cast<int64_t>(next_.labels());
    if (next_.labels() > most_labels) {
      priced.complete = false;
      next_.keep_best(most_labels);
    }
    std::swap(now_, next_);
  }
  return priced;
}

int64_t LabelSweep::sweep_over(std::vector<size_t> positions) {
  std::sort(positions.begin(), positions.end());
  PricingOptions options;
  options.slack = kNeverFits / 2;
  gains_.clear();
  arena_.clear();
  dual_ = 0;
  now_.clear(1);
  size_t members = 0;
  for (position_ = positions.front(); position_ <= positions.back(); ++position_) {
    enter(position_);
    next_.clear(1);
    candidates_.clear();
    const bool joins = position_ == positions[members];
    take_step(joins, !joins, members == 0, options);
    members += joins ? 1 : 0;
    std::swap(now_, next_);
  }
  return candidates_.empty() ? kNeverFits : candidates_.front().reduced;
}

void LabelSweep::take_step(bool may_join, bool may_skip, bool may_begin, const PricingOptions& options) {
  std::vector<uint8_t> state(state_bytes_);
  for (size_t i = 0; i < now_.labels(); ++i) {
    now_.copy_state(i, state.data());
    if (may_join) try_join(state.data(), now_.label(i), false, options);
    if (may_skip) try_skip(state.data(), now_.label(i), options);
  }
  const std::vector<uint8_t> nothing(state_bytes_, 0);
  if (may_begin) try_join(nothing.data(), {}, true, options);
  next_.finish(options.many_labels, most_bytes_);
}

void LabelSweep::offer(int64_t reduced, int32_t trace, const PricingOptions& options) {
  const auto known = std::find_if(candidates_.begin(), candidates_.end(),
                                  [trace](const Candidate& c) { return c.trace == trace; });
  if (known != candidates_.end()) {
    if (known->reduced <= reduced) return;
    candidates_.erase(known);
  }
  const auto at =
      std::upper_bound(candidates_.begin(), candidates_.end(), reduced,
                       [](int64_t value, const Candidate& other) { return value < other.reduced; });
  if (static_cast<size_t>(at - candidates_.begin()) >= options.keep) return;
  candidates_.insert(at, {reduced, trace});
  if (candidates_.size() > options.keep) candidates_.pop_back();
}

bool LabelSweep::is_candidate(int32_t trace) const {
  return std::any_of(candidates_.begin(), candidates_.end(),
                     [trace](const Candidate& c) { return c.trace == trace; });
}

Group LabelSweep::group_of(int32_t trace) const {
  Group group;
  for (; trace >= 0; trace = arena_[static_cast<size_t>(trace)].before)
    group.push_back(arena_[static_cast<size_t>(trace)].op);
  std::sort(group.begin(), group.end());
  return group;
}

}  // namespace fusesim
