#include "plan_search.h"

#include <algorithm>

#include "op_bits.h"

namespace fusesim {

bool PlanSearch::Later::operator()(const Entry& a, const Entry& b) const {
  if (a.bound_bytes != b.bound_bytes) return a.bound_bytes > b.bound_bytes;
  if (a.placed != b.placed) return a.placed < b.placed;
  return a.sequence > b.sequence;
}

PlanSearch::PlanSearch(const Graph& graph, const TrafficFloor& floor, const RemainingBound& remaining,
                       FitBound& fit, const GroupPrices& prices)
    : graph_(graph),
      floor_(floor),
      remaining_(remaining),
      fit_(fit),
      prices_(prices),
      successors_(graph.ops.size()),
      sets_(words_for(graph.ops.size())),
      tracker_(graph, floor),
      reached_(words_for(graph.ops.size()), 0),
      missing_(graph.ops.size(), 0) {
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    std::vector<OpId>& successors = successors_[o];
    for (TensorId t : graph.ops[o].outputs) {
      const std::vector<OpId>& readers = graph.tensor(t).consumers;
      successors.insert(successors.end(), readers.begin(), readers.end());
    }
    std::sort(successors.begin(), successors.end());
    successors.erase(std::unique(successors.begin(), successors.end()), successors.end());
  }
}

PlanSearchOutcome PlanSearch::run(GroupShapes shapes, int64_t bytes_to_beat, int64_t pair_limit,
                                  const std::function<void(int64_t, int64_t)>& progress) {
  const auto ops = static_cast<int32_t>(graph_.ops.size());
  PlanSearchOutcome outcome;
  upper_bytes_ = bytes_to_beat;
  pairs_left_ = pair_limit;
  outcome.complete = true;
  outcome.lower_bound_bytes = bytes_to_beat;
  const StateId empty = state_of(reached_.data(), 0);
  reach(empty, empty, 0);
  int32_t most_placed = 0;
  while (!queue_.empty() && queue_.top().bound_bytes < upper_bytes_) {
    const Entry entry = queue_.top();
    queue_.pop();
    if (entry.from_bytes != states_[entry.from].bytes) continue;
    if (entry.from != entry.to) {
      evaluate(entry);
      continue;
    }
    if (entry.placed > most_placed && progress) progress(most_placed = entry.placed, ops);
    if (expand(entry.from, shapes)) continue;
    outcome.complete = false;
    outcome.lower_bound_bytes = entry.bound_bytes;
    break;
  }
  if (outcome.complete && found_) outcome.lower_bound_bytes = upper_bytes_;
  outcome.found = found_;
  outcome.bytes = upper_bytes_;
  if (found_) outcome.plan = plan_to(best_);
  return outcome;
}

PlanSearch::StateId PlanSearch::state_of(const uint64_t* placed_ops, int32_t placed) {
  const auto [id, is_new] = sets_.insert(placed_ops);
  if (is_new) {
    State state;
    state.remaining = remaining_.bytes(placed_ops);
    state.placed = placed;
    states_.push_back(state);
  }
  return id;
}

void PlanSearch::file(StateId from, StateId to, int64_t bound_bytes) {
  if (bound_bytes >= upper_bytes_) return;
  queue_.push({bound_bytes, states_[from].bytes, from, to, states_[to].placed, sequence_++});
}

void PlanSearch::reach(StateId id, StateId parent, int64_t bytes) {
  State& state = states_[id];
  if (bytes >= state.bytes) return;
  state.bytes = bytes;
  state.parent = parent;
  if (static_cast<size_t>(state.placed) < graph_.ops.size()) {
    file(id, id, bytes + state.remaining.all);
  } else if (bytes < upper_bytes_) {
    upper_bytes_ = bytes;
    best_ = id;
    found_ = true;
  }
}

bool PlanSearch::expand(StateId state, GroupShapes shapes) {
  current_ = state;
  const size_t words = reached_.size();
  std::copy_n(sets_.words(state), words, reached_.begin());
  candidates_.clear();
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    if (has_op(reached_.data(), op)) continue;
    missing_[o] = 0;
    for (OpId successor : successors_[o]) missing_[static_cast<size_t>(successor)] = 0;
  }
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    if (has_op(reached_.data(), static_cast<OpId>(o))) continue;
    for (OpId successor : successors_[o]) ++missing_[static_cast<size_t>(successor)];
  }
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    if (!has_op(reached_.data(), op) && missing_[o] == 0) candidates_.push_back(op);
  }
  return shapes == GroupShapes::all ? expand_all(0) : expand_run(candidates_.front());
}

/// Every set of ops that completes to a down-set is met once: it is entered through the first of its ops in
/// the list of candidates, and those that come before it in the list are left out from there on.
bool PlanSearch::expand_all(size_t begin) {
  const size_t end = candidates_.size();
  for (size_t i = begin; i < end; ++i) {
    const OpId op = candidates_[i];
    push(op);
    if (!visit()) {
      pop(op);
      return false;
    }
    if (worth_extending()) {
      const size_t child = candidates_.size();
      for (size_t later = i + 1; later < end; ++later) candidates_.push_back(candidates_[later]);
      for (OpId successor : successors_[static_cast<size_t>(op)]) {
        if (missing_[static_cast<size_t>(successor)] == 0) candidates_.push_back(successor);
      }
      const bool within_limit = expand_all(child);
      candidates_.resize(child);
      if (!within_limit) {
        pop(op);
        return false;
      }
    }
    pop(op);
  }
  return true;
}

bool PlanSearch::expand_run(OpId first) {
  const auto ops = static_cast<OpId>(graph_.ops.size());
  bool within_limit = true;
  OpId next = first;
  while (next < ops && within_limit && (next == first || fit_.may_fit())) {
    push(next++);
    within_limit = visit();
  }
  while (next > first) pop(--next);
  return within_limit;
}

void PlanSearch::push(OpId op) {
  tracker_.push(op);
  fit_.push(op);
  set_op(reached_.data(), op);
  for (OpId successor : successors_[static_cast<size_t>(op)]) --missing_[static_cast<size_t>(successor)];
}

void PlanSearch::pop(OpId op) {
  for (OpId successor : successors_[static_cast<size_t>(op)]) ++missing_[static_cast<size_t>(successor)];
  clear_op(reached_.data(), op);
  fit_.pop();
  tracker_.pop();
}

/// Files the step to the set under construction if it is a group that may be of use. False if the limit is
/// hit.
bool PlanSearch::visit() {
  if (pairs_left_-- <= 0) return false;
  if (!tracker_.connected()) return true;
  const bool single = tracker_.ops().size() == 1;
  if (!single && !fit_.may_fit()) return true;
  const auto placed = static_cast<int32_t>(tracker_.ops().size()) + states_[current_].placed;
  const StateId to = state_of(reached_.data(), placed);
  int64_t bytes = states_[current_].bytes;
  if (single) {
    reach(to, current_, bytes + prices_.single_bytes[static_cast<size_t>(tracker_.ops().front())]);
    return true;
  }
  const auto useless = [&] {
    return bytes >= states_[to].bytes || bytes + states_[to].remaining.all >= upper_bytes_;
  };
  bytes += tracker_.floor_bytes() + tracker_.extra_bytes();
  if (useless()) return true;
  bytes += std::max<int64_t>(0, fit_.extra_bytes() - tracker_.extra_bytes());
  if (useless()) return true;
  file(current_, to, bytes + states_[to].remaining.all);
  return true;
}

/// Whether some group that contains the set under construction may be part of a plan that is better than the
/// best.
bool PlanSearch::worth_extending() {
  if (!fit_.may_fit()) return false;
  const int64_t more_bytes = fit_.extra_bytes() - tracker_.extra_bytes();
  const State& state = states_[current_];
  return more_bytes <= 0 || state.bytes + state.remaining.without_extra + more_bytes < upper_bytes_;
}

void PlanSearch::evaluate(const Entry& step) {
  const int64_t bytes = prices_.bytes(group_between(step.from, step.to));
  if (bytes != kNeverFits) reach(step.to, step.from, step.from_bytes + bytes);
}

Group PlanSearch::group_between(StateId from, StateId to) const {
  Group group;
  for (size_t o = 0; o < graph_.ops.size(); ++o) {
    const auto op = static_cast<OpId>(o);
    if (has_op(sets_.words(to), op) && !has_op(sets_.words(from), op)) group.push_back(op);
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
