#include "fusesim/explain/splitter.h"

#include <algorithm>
#include <map>
#include <utility>

#include "fusesim/search/group_cuts.h"

namespace fusesim {
namespace {

void append(Plan& plan, const Plan& more) { plan.insert(plan.end(), more.begin(), more.end()); }

}  // namespace

/// One way to cut, and what is known of its parts.
struct Splitter::Candidate {
  GroupCut cut;
  double importance = 0.0;
  bool first_fits = false;
  bool second_fits = false;

  size_t fitting_ops() const {
    return std::max(first_fits ? cut.first.size() : 0, second_fits ? cut.second.size() : 0);
  }
  size_t larger_part() const { return std::max(cut.first.size(), cut.second.size()); }
};

Splitter::Splitter(Evaluator& evaluator, std::unique_ptr<EdgeExplainer> explainer,
                   std::shared_ptr<SplitMemo> memo)
    : evaluator_(evaluator), explainer_(std::move(explainer)), memo_(std::move(memo)) {}

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
  SplitOutcome found = decide(cuts);
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
      candidate.first_fits = evaluator_.fits(cut.first);
      candidate.second_fits = evaluator_.fits(cut.second);
      candidate.cut = std::move(cut);
      result.push_back(std::move(candidate));
    }
  }
  return result;
}

SplitOutcome Splitter::decide(std::vector<Candidate>& candidates) {
  SplitOutcome found = best_pair(candidates);
  if (!found.groups.empty()) return found;
  const bool some_fit = std::any_of(candidates.begin(), candidates.end(),
                                    [](const Candidate& c) { return c.fitting_ops() > 0; });
  return some_fit ? best_half(candidates) : best_of_none(candidates);
}

SplitOutcome Splitter::best_pair(const std::vector<Candidate>& candidates) {
  SplitOutcome best;
  for (const Candidate& candidate : candidates) {
    if (!candidate.first_fits || !candidate.second_fits) continue;
    const int64_t bytes =
        evaluator_.f_d_bytes(candidate.cut.first) + evaluator_.f_d_bytes(candidate.cut.second);
    if (!best.groups.empty() && bytes >= best.f_d_bytes) continue;
    best = {SplitCategory::both_fit, {candidate.cut.first, candidate.cut.second}, bytes};
  }
  return best;
}

SplitOutcome Splitter::best_half(std::vector<Candidate>& candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.fitting_ops() > b.fitting_ops(); });
  for (const Candidate& candidate : candidates) {
    if (candidate.fitting_ops() == 0) break;
    const SplitOutcome first = settled(candidate.cut.first, candidate.first_fits);
    const SplitOutcome second = settled(candidate.cut.second, candidate.second_fits);
    if (first.groups.empty() || second.groups.empty()) continue;
    SplitOutcome found{SplitCategory::one_fits, first.groups, first.f_d_bytes + second.f_d_bytes};
    append(found.groups, second.groups);
    return found;
  }
  return {};
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
    const SplitOutcome first = settled(candidate.cut.first, false);
    const SplitOutcome second = settled(candidate.cut.second, false);
    if (first.groups.empty() || second.groups.empty()) continue;
    ++followed;
    const int64_t bytes = first.f_d_bytes + second.f_d_bytes;
    if (!best.groups.empty() && bytes >= best.f_d_bytes) continue;
    best = {SplitCategory::none_fits, first.groups, bytes};
    append(best.groups, second.groups);
  }
  return best;
}

SplitOutcome Splitter::settled(const Group& part, bool fits) {
  if (!fits) return outcome(part);
  return {SplitCategory::both_fit, {part}, evaluator_.f_d_bytes(part)};
}

size_t largest_none_fits(size_t ops) {
  if (ops <= 12) return ops * ops;
  if (ops <= 24) return 8;
  if (ops <= 48) return 3;
  return 1;
}

SplitterFactory make_splitter_factory(ExplainerFactory explainers, std::shared_ptr<SplitMemo> memo) {
  if (!memo) memo = std::make_shared<SplitMemo>();
  return [explainers = std::move(explainers), memo = std::move(memo)](Evaluator& evaluator) {
    return std::make_unique<Splitter>(evaluator, explainers(), memo);
  };
}

}  // namespace fusesim
