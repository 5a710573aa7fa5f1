#include "fusesim/explain/splitter.h"

#include <algorithm>
#include <map>
#include <utility>

#include "fusesim/search/group_cuts.h"

namespace fusesim {
namespace {

/// Largest group whose cuts are followed whatever their category (SplitRule::traffic), and how many of them
/// at most.
constexpr size_t kSmallGroup = 24;
constexpr size_t kFollowedCuts = 4;

/// More than any plan moves; two of them can be added.
constexpr int64_t kNoWay = kNeverFits / 2;

void append(Plan& plan, const Plan& more) { plan.insert(plan.end(), more.begin(), more.end()); }

}  // namespace

/// One way to cut, and what is known of its parts.
struct Splitter::Candidate {
  GroupCut cut;
  double importance = 0.0;
  int64_t first_worth = -1;
  int64_t second_worth = -1;

  bool keeps_first() const { return first_worth >= 0; }
  bool keeps_second() const { return second_worth >= 0; }
  bool keeps_some() const { return keeps_first() || keeps_second(); }
  int64_t worth() const { return std::max(first_worth, second_worth); }
  size_t larger_part() const { return std::max(cut.first.size(), cut.second.size()); }
};

Splitter::Splitter(Evaluator& evaluator, std::unique_ptr<EdgeExplainer> explainer,
                   std::shared_ptr<SplitMemo> memo, SplitRule rule)
    : evaluator_(evaluator),
      explainer_(std::move(explainer)),
      memo_(std::move(memo)),
      rule_(rule),
      judges_value_(rule == SplitRule::traffic && evaluator.scheme().traffic_depends_on_buffer()),
      alone_value_(evaluator.graph().ops.size(), -1) {}

std::optional<Plan> Splitter::split(const Group& group) {
  SplitOutcome found = outcome(group);
  memo_->count_proposal(group);
  if (found.category == SplitCategory::failed) return std::nullopt;
  return std::move(found.groups);
}

SplitOutcome Splitter::outcome(const Group& group) {
  if (group.size() < 2) return {};
  if (std::optional<SplitOutcome> known = memo_->find(group)) return *known;
  const std::vector<BlamedEdge> blamed = explainer_->explain(group, evaluator_.buffer_bytes());
  std::vector<Candidate> cuts = candidates(group, blamed);
  SplitInput input;
  for (const BlamedEdge& edge : blamed) input.blamed.push_back(edge.edge);
  input.inner_edges = static_cast<int64_t>(edges_inside(evaluator_.graph(), group).size());
  input.cuts = static_cast<int64_t>(cuts.size());
  SplitOutcome found = decide(cuts, group.size());
  memo_->add(group, found, std::move(input));
  return found;
}

std::vector<Splitter::Candidate> Splitter::candidates(const Group& group,
                                                      const std::vector<BlamedEdge>& blamed) {
  const GroupDag dag(evaluator_.graph(), group);
  std::map<Group, double> importance_of;  // by first part: the most important edge that names the cut
  std::vector<Candidate> result;
  for (const BlamedEdge& edge : blamed) {
    for (GroupCut& cut : cuts_at(dag, edge.edge)) {
      const auto [it, is_new] = importance_of.emplace(cut.first, edge.importance);
      if (!is_new) continue;
      Candidate candidate;
      candidate.importance = it->second;
      candidate.first_worth = worth(cut.first);
      candidate.second_worth = worth(cut.second);
      candidate.cut = std::move(cut);
      result.push_back(std::move(candidate));
    }
  }
  return result;
}

SplitOutcome Splitter::decide(std::vector<Candidate>& candidates, size_t ops) {
  if (rule_ == SplitRule::traffic && ops <= kSmallGroup) return best_of_small(candidates);
  SplitOutcome found = best_pair(candidates);
  if (!found.groups.empty()) return found;
  return category(candidates) == SplitCategory::one_fits ? best_half(candidates) : best_of_none(candidates);
}

SplitOutcome Splitter::best_of_small(const std::vector<Candidate>& candidates) {
  struct Bounded {
    const Candidate* candidate;
    int64_t second_least;
    int64_t bytes;
  };
  std::vector<Bounded> by_floor;
  for (const Candidate& candidate : candidates) {
    const int64_t second_least = least_value(candidate.cut.second);
    by_floor.push_back({&candidate, second_least, least_value(candidate.cut.first) + second_least});
  }
  std::stable_sort(by_floor.begin(), by_floor.end(),
                   [](const Bounded& a, const Bounded& b) { return a.bytes < b.bytes; });
  SplitOutcome best = best_pair(candidates);
  size_t followed = 0;
  for (const Bounded& next : by_floor) {
    if (!best.groups.empty()) {
      if (next.bytes >= best.value || followed == kFollowedCuts) break;
      const SplitOutcome first = settled(next.candidate->cut.first, next.candidate->keeps_first());
      if (first.groups.empty() || first.value + next.second_least >= best.value) continue;
    }
    if (take_if_better(*next.candidate, best)) ++followed;
  }
  if (!best.groups.empty()) best.category = category(candidates);
  return best;
}

SplitCategory Splitter::category(const std::vector<Candidate>& candidates) {
  const auto any = [&](auto holds) { return std::any_of(candidates.begin(), candidates.end(), holds); };
  if (any([](const Candidate& c) { return c.keeps_first() && c.keeps_second(); }))
    return SplitCategory::both_fit;
  return any([](const Candidate& c) { return c.keeps_some(); }) ? SplitCategory::one_fits
                                                                : SplitCategory::none_fits;
}

SplitOutcome Splitter::best_pair(const std::vector<Candidate>& candidates) {
  SplitOutcome best;
  for (const Candidate& candidate : candidates) {
    if (!candidate.keeps_first() || !candidate.keeps_second()) continue;
    const int64_t bytes = evaluator_.value(candidate.cut.first) + evaluator_.value(candidate.cut.second);
    if (!best.groups.empty() && bytes >= best.value) continue;
    best = {SplitCategory::both_fit, {candidate.cut.first, candidate.cut.second}, bytes};
  }
  return best;
}

SplitOutcome Splitter::best_half(std::vector<Candidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.worth() > b.worth(); });
  SplitOutcome best;
  for (const Candidate& candidate : candidates) {
    if (!candidate.keeps_some() || take_if_better(candidate, best)) break;
  }
  best.category = best.groups.empty() ? SplitCategory::failed : SplitCategory::one_fits;
  return best;
}

SplitOutcome Splitter::best_of_none(std::vector<Candidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return a.importance != b.importance ? a.importance > b.importance : a.larger_part() < b.larger_part();
  });
  SplitOutcome best;
  size_t followed = 0;
  for (const Candidate& candidate : candidates) {
    const size_t ops = candidate.cut.first.size() + candidate.cut.second.size();
    if (followed >= largest_none_fits(ops)) break;
    if (take_if_better(candidate, best)) ++followed;
  }
  best.category = best.groups.empty() ? SplitCategory::failed : SplitCategory::none_fits;
  return best;
}

bool Splitter::take_if_better(const Candidate& candidate, SplitOutcome& best) {
  const SplitOutcome first = settled(candidate.cut.first, candidate.keeps_first());
  const SplitOutcome second = settled(candidate.cut.second, candidate.keeps_second());
  if (first.groups.empty() || second.groups.empty()) return false;
  const int64_t bytes = first.value + second.value;
  if (!best.groups.empty() && bytes >= best.value) return true;
  best.groups = first.groups;
  append(best.groups, second.groups);
  best.value = bytes;
  return true;
}

int64_t Splitter::worth(const Group& part) {
  if (!evaluator_.fits(part)) return -1;
  if (!judges_value_) return static_cast<int64_t>(part.size());
  int64_t alone = 0;
  for (const OpId op : part) {
    const int64_t bytes = alone_value(op);
    if (bytes == kNeverFits) return kNeverFits;
    alone += bytes;
  }
  return alone - evaluator_.value(part);
}

int64_t Splitter::alone_value(OpId op) {
  int64_t& bytes = alone_value_[static_cast<size_t>(op)];
  if (bytes < 0) bytes = evaluator_.fits({op}) ? evaluator_.value({op}) : kNeverFits;
  return bytes;
}

SplitOutcome Splitter::settled(const Group& part, bool is_kept) {
  if (!evaluator_.fits(part)) return outcome(part);
  SplitOutcome whole{SplitCategory::both_fit, {part}, evaluator_.value(part)};
  if (is_kept && !may_gain_by_cut(part, whole.value)) return whole;
  SplitOutcome found = outcome(part);
  return !found.groups.empty() && found.value < whole.value ? found : whole;
}

bool Splitter::may_gain_by_cut(const Group& part, int64_t whole_value) {
  return judges_value_ && part.size() > 1 && part.size() <= kSmallGroup &&
         evaluator_.least_parted_value(part) < whole_value;
}

int64_t Splitter::least_value(const Group& part) {
  const bool fits = evaluator_.fits(part);
  if (fits && !judges_value_) return evaluator_.least_value(part);
  const int64_t parted = part.size() > 1 ? evaluator_.least_parted_value(part) : kNoWay;
  return fits ? std::min(parted, evaluator_.value(part)) : parted;
}

size_t largest_none_fits(size_t ops) {
  if (ops <= 12) return ops * ops;
  if (ops <= 24) return 8;
  if (ops <= 48) return 3;
  return 1;
}

SplitterFactory make_splitter_factory(ExplainerFactory explainers, std::shared_ptr<SplitMemo> memo,
                                      SplitRule rule) {
  if (!memo) memo = std::make_shared<SplitMemo>();
  return [explainers = std::move(explainers), memo = std::move(memo), rule](Evaluator& evaluator) {
    return std::make_unique<Splitter>(evaluator, explainers(), memo, rule);
  };
}

}  // namespace fusesim
