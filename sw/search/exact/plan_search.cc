#include "exact/plan_search.h"

#include <algorithm>

#include "op_bits.h"

namespace fusesim {
namespace {

/// A greedy search counts what remains 1 + kGreed times.
constexpr int64_t kGreed = 1;
/// A search tells how far it is and asks whether to stop once in so many pairs, a power of two.
constexpr int64_t kPairsBetweenLooks = 1024;

}  // namespace

bool PlanSearch::Later::operator()(const Entry& a, const Entry& b) const {
  if (a.rank != b.rank) return a.rank > b.rank;
  if (a.placed != b.placed) return a.placed < b.placed;
  return a.sequence > b.sequence;
}

PlanSearch::PlanSearch(const Inputs& inputs)
    : graph_(inputs.graph),
      objective_(inputs.objective),
      work_(inputs.work),
      remaining_(inputs.remaining),
      fit_(inputs.fit),
      prices_(inputs.prices),
      successors_(graph_.ops.size()),
      predecessors_(graph_.ops.size()),
      sets_(SetTable::Before::all),
      tracker_(graph_, inputs.floor),
      reached_(words_for(graph_.ops.size()), 0),
      missing_(graph_.ops.size(), 0),
      seen_(graph_.ops.size(), 0) {
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    std::vector<OpId>& successors = successors_[o];
    for (TensorId t : graph_.ops[o].outputs) {
      const std::vector<OpId>& readers = graph_.tensor(t).consumers;
      successors.insert(successors.end(), readers.begin(), readers.end());
    }
    std::sort(successors.begin(), successors.end());
    successors.erase(std::unique(successors.begin(), successors.end()), successors.end());
  }
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    for (OpId successor : successors_[o])
      predecessors_[static_cast<size_t>(successor)].push_back(static_cast<OpId>(o));
  }
  descendants_ = find_descendants(graph_, successors_);
  find_late_starts();
}

void PlanSearch::find_late_starts() {
  late_starts_.resize(reached_.size() + 1);
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    size_t w = predecessors_[o].empty() ? 0 : word_of(predecessors_[o].back()) + 1;
    for (; w <= o / 64; ++w) late_starts_[w].push_back(static_cast<OpId>(o));
  }
}

PlanSearchOutcome PlanSearch::run(const PlanSearchOptions& options) {
  options_ = options;
  for (OpId o = 0; options_.op_order.size() < graph_.ops.size(); ++o) options_.op_order.push_back(o);
  PlanSearchOutcome outcome;
  upper_ = options_.value_to_beat;
  pairs_left_ = options_.pair_limit;
  if (options_.pause && options_.pause_pairs < options_.pair_limit)
    pause_at_ = options_.pair_limit - options_.pause_pairs - 1;
  outcome.complete = true;
  outcome.lower_bound = options_.value_to_beat;
  const StateId empty = empty_state();
  reach(empty, empty, 0);
  while (!queue_.empty()) {
    const Entry entry = queue_.top();
    queue_.pop();
    if (entry.bound >= upper_) {
      if (options_.order == SearchOrder::best_first) break;
      continue;
    }
    if (entry.from_value != states_[entry.from].value) continue;
    if (entry.from != entry.to) {
      if (!stopped()) {
        evaluate(entry);
        continue;
      }
    } else {
      if (entry.placed > most_placed_) report_progress(entry.placed);
      if (expand(entry.from)) continue;
    }
    outcome.complete = false;
    outcome.lower_bound = options_.order == SearchOrder::best_first ? entry.bound : 0;
    break;
  }
  if (outcome.complete && found_) outcome.lower_bound = upper_;
  outcome.pairs = options_.pair_limit - std::max<int64_t>(0, pairs_left_);
  outcome.states = static_cast<int64_t>(states_.size());
  outcome.words = static_cast<int64_t>(sets_.words());
  outcome.found = found_;
  outcome.value = upper_;
  if (found_) outcome.plan = plan_to(best_);
  return outcome;
}

void PlanSearch::report_progress(int32_t placed) {
  most_placed_ = std::max(most_placed_, placed);
  if (!options_.progress) return;
  const auto limit = static_cast<double>(options_.pair_limit);
  options_.progress({most_placed_, static_cast<int64_t>(graph_.ops.size()),
                     1.0 - static_cast<double>(pairs_left_) / limit});
}

PlanSearch::StateId PlanSearch::empty_state() {
  OpWork work;
  for (const OpWork& op : work_.ops) work += op;
  sets_.insert(reached_.data(), 0, 0);
  add_state(remaining_.bytes(reached_.data()), work, 0);
  return 0;
}

/// Of the state that is expanded and the group under construction.
PlanSearch::StateId PlanSearch::state_of(int32_t placed) {
  const auto [id, is_new] = sets_.insert(reached_.data(), begin_, ends_.back());
  if (!is_new) return id;
  OpWork work = states_[current_].work;
  work -= group_work_;
  add_state(remaining_.bytes_after(states_[current_].bytes, tracker_.ops(), reached_.data()), work, placed);
  return id;
}

void PlanSearch::add_state(const RemainingBound::Bytes& bytes, const OpWork& work, int32_t placed) {
  State state;
  state.bytes = bytes;
  state.work = work;
  state.remaining = bound(bytes.all, work);
  state.placed = placed;
  states_.push_back(state);
}

/// `value`: least of the way to `to` through `from`.
void PlanSearch::file(StateId from, StateId to, int64_t value) {
  const int64_t remaining = states_[to].remaining;
  const int64_t bound = value + remaining;
  if (bound >= upper_) return;
  const int64_t rank = options_.order == SearchOrder::greedy ? bound + kGreed * remaining : bound;
  queue_.push({rank, bound, states_[from].value, from, to, states_[to].placed, sequence_++});
}

void PlanSearch::reach(StateId id, StateId parent, int64_t value) {
  State& state = states_[id];
  if (value >= state.value) return;
  state.value = value;
  state.parent = parent;
  if (static_cast<size_t>(state.placed) < graph_.ops.size()) {
    file(id, id, value);
  } else if (value < upper_) {
    upper_ = value;
    best_ = id;
    found_ = true;
  }
}

bool PlanSearch::expand(StateId state) {
  load(state);
  ++expansion_;
  if (options_.shapes == GroupShapes::contiguous) return expand_run();
  find_candidates();
  return expand_all(0, OpWindow());
}

/// Makes it the state that is reached, in place of the last one: both have all ops before their windows and
/// none behind.
void PlanSearch::load(StateId state) {
  current_ = state;
  const size_t first = std::min(begin_, sets_.begin(state));
  const size_t last = std::max(ends_.back(), sets_.end(state));
  for (size_t w = first; w < last; ++w) reached_[w] = sets_.word(state, w);
  begin_ = sets_.begin(state);
  ends_.assign(1, sets_.end(state));
}

bool PlanSearch::is_ready(OpId op) const {
  if (has_op(reached_.data(), op)) return false;
  const std::vector<OpId>& predecessors = predecessors_[static_cast<size_t>(op)];
  return std::all_of(predecessors.begin(), predecessors.end(),
                     [this](OpId before) { return has_op(reached_.data(), before); });
}

/// Ops that are ready read an op in the window, or nothing but ops before it.
void PlanSearch::find_candidates() {
  candidates_.clear();
  const auto take = [this](OpId op) {
    if (is_ready(op)) candidates_.push_back(op);
  };
  for (OpId op : late_starts_[begin_]) take(op);
  for (size_t w = begin_; w < ends_.back(); ++w) {
    for_each_op(reached_[w], w, [&](OpId op) {
      for (OpId successor : successors_[static_cast<size_t>(op)]) take(successor);
    });
  }
  std::sort(candidates_.begin(), candidates_.end());
  candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
}

/// Every set of ops that completes to a down-set is met once: it is entered through the first of its ops in
/// the list of candidates, and those that come before it in the list are left out from there on, with all
/// that depends on them (`barred`).
bool PlanSearch::expand_all(size_t begin, const OpWindow& barred) {
  const size_t end = candidates_.size();
  OpWindow barred_here = barred;
  for (size_t i = begin; i < end; ++i) {
    const OpId op = candidates_[i];
    if (!tracker_.ops().empty() && !can_connect(barred_here)) return true;
    push(op);
    bool within_limit = visit();
    if (within_limit && worth_extending()) {
      const size_t child = candidates_.size();
      for (size_t later = i + 1; later < end; ++later) candidates_.push_back(candidates_[later]);
      for (OpId successor : successors_[static_cast<size_t>(op)]) {
        if (missing_[static_cast<size_t>(successor)] == 0) candidates_.push_back(successor);
      }
      within_limit = expand_all(child, barred_here);
      candidates_.resize(child);
    }
    pop(op);
    if (!within_limit) return false;
    barred_here.unite(descendants_[static_cast<size_t>(op)]);
    barred_here.trim();
  }
  return true;
}

/// Whether ops can still join the components of the set under construction. An op that joins the first of
/// them to another is a descendant of both, because what is added is never a predecessor of what is there.
bool PlanSearch::can_connect(const OpWindow& barred) {
  if (tracker_.connected()) return true;
  const OpId first = tracker_.component_of(tracker_.ops().front());
  below_first_.clear();
  below_others_.clear();
  for (OpId op : tracker_.ops()) {
    OpWindow& below = tracker_.component_of(op) == first ? below_first_ : below_others_;
    below.unite(descendants_[static_cast<size_t>(op)]);
  }
  const size_t last = barred.all_behind() ? std::min(barred.end(), reached_.size()) : reached_.size();
  for (size_t w = std::max(below_first_.begin(), below_others_.begin()); w < last; ++w) {
    uint64_t both = below_first_.word(w) & below_others_.word(w) & ~barred.word(w) & ~reached_[w];
    if (w + 1 == reached_.size()) both &= last_word_mask(graph_.ops.size());
    if (both != 0) return true;
  }
  return false;
}

bool PlanSearch::expand_run() {
  const std::vector<OpId>& order = options_.op_order;
  const auto first = static_cast<size_t>(states_[current_].placed);
  size_t next = first;
  bool within_limit = true;
  while (next < order.size() && within_limit && (next == first || fit_.may_fit())) {
    push(order[next++]);
    within_limit = visit();
  }
  while (next > first) pop(order[--next]);
  return within_limit;
}

void PlanSearch::push(OpId op) {
  tracker_.push(op);
  fit_.push(op);
  group_work_ += work_.ops[static_cast<size_t>(op)];
  set_op(reached_.data(), op);
  ends_.push_back(std::max(ends_.back(), word_of(op) + 1));
  for (OpId successor : successors_[static_cast<size_t>(op)]) {
    const auto s = static_cast<size_t>(successor);
    if (seen_[s] == expansion_) {
      --missing_[s];
      continue;
    }
    seen_[s] = expansion_;
    missing_[s] =
        static_cast<int32_t>(std::count_if(predecessors_[s].begin(), predecessors_[s].end(),
                                           [this](OpId before) { return !has_op(reached_.data(), before); }));
  }
}

void PlanSearch::pop(OpId op) {
  for (OpId successor : successors_[static_cast<size_t>(op)]) ++missing_[static_cast<size_t>(successor)];
  clear_op(reached_.data(), op);
  ends_.pop_back();
  group_work_ -= work_.ops[static_cast<size_t>(op)];
  fit_.pop();
  tracker_.pop();
}

/// Files the step to the set under construction if it is a group that may be of use. False if the limit is
/// hit or the search is to stop.
bool PlanSearch::visit() {
  if (pairs_left_-- <= 0) return false;
  if (pairs_left_ == pause_at_) options_.pause();
  if ((pairs_left_ & (kPairsBetweenLooks - 1)) == 0) {
    report_progress(most_placed_);
    if (stopped()) return false;
  }
  if (!tracker_.connected()) return true;
  const bool single = tracker_.ops().size() == 1;
  if (!single && !fit_.may_fit()) return true;
  const auto placed = static_cast<int32_t>(tracker_.ops().size()) + states_[current_].placed;
  const StateId to = state_of(placed);
  const int64_t before = states_[current_].value;
  if (single) {
    reach(to, current_, before + prices_.single_value[static_cast<size_t>(tracker_.ops().front())]);
    return true;
  }
  const auto useless = [&](int64_t value) {
    return value >= states_[to].value || value + states_[to].remaining >= upper_;
  };
  int64_t bytes = tracker_.floor_bytes() + tracker_.extra_bytes();
  if (useless(before + bound(bytes, group_work_))) return true;
  bytes += std::max<int64_t>(0, fit_.extra_bytes() - tracker_.extra_bytes());
  const int64_t value = before + bound(bytes, group_work_);
  if (!useless(value)) file(current_, to, value);
  return true;
}

/// Whether some group that contains the set under construction may be part of a plan that is better than the
/// best.
bool PlanSearch::worth_extending() {
  if (!fit_.may_fit()) return false;
  const int64_t more_bytes = fit_.extra_bytes() - tracker_.extra_bytes();
  const State& state = states_[current_];
  return more_bytes <= 0 || state.value + bound(state.bytes.without_extra + more_bytes, state.work) < upper_;
}

void PlanSearch::evaluate(const Entry& step) {
  const int64_t value = prices_.value(group_between(step.from, step.to));
  if (value != kNeverFits) reach(step.to, step.from, step.from_value + value);
}

Group PlanSearch::group_between(StateId from, StateId to) const {
  Group group;
  for (size_t w = sets_.begin(from); w < sets_.end(to); ++w) {
    for_each_op(sets_.word(to, w) & ~sets_.word(from, w), w, [&group](OpId op) { group.push_back(op); });
  }
  return group;
}

Plan PlanSearch::plan_to(StateId state) const {
  Plan plan;
  for (; states_[state].placed > 0; state = states_[state].parent) {
    plan.push_back(group_between(states_[state].parent, state));
  }
  std::reverse(plan.begin(), plan.end());
  return plan;
}

}  // namespace fusesim
