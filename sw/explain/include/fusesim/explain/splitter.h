#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "fusesim/explain/split_memo.h"
#include "fusesim/search/edge_explainer.h"
#include "fusesim/search/group_splitter.h"

namespace fusesim {

/// Algorithm 1 of the paper: cuts a group that does not fit at the edges that an explainer blames.
///
/// Every edge gives the cuts that pass through it (cuts_at: the skip-connection rules); duplicates are
/// merged, both parts of each are legal. Recursion ends at groups that fit; it is bounded because parts are
/// smaller than their group, and because category 3 follows only a few cuts of large groups, the most
/// important edges first, of equal ones the most even cut (largest_none_fits).
class Splitter : public GroupSplitter {
 public:
  Splitter(Evaluator& evaluator, std::unique_ptr<EdgeExplainer> explainer, std::shared_ptr<SplitMemo> memo);

  std::optional<Plan> split(const Group& group) override;
  /// The same with its category and cost.
  SplitOutcome outcome(const Group& group);

 private:
  struct Candidate;
  std::vector<Candidate> candidates(const Group& group, const std::vector<BlamedEdge>& blamed);
  SplitOutcome decide(std::vector<Candidate>& candidates);
  SplitOutcome best_pair(const std::vector<Candidate>& candidates);
  SplitOutcome best_half(std::vector<Candidate>& candidates);
  SplitOutcome best_of_none(std::vector<Candidate>& candidates);
  /// A part as it is, if it fits, else split.
  SplitOutcome settled(const Group& part, bool fits);

  Evaluator& evaluator_;
  std::unique_ptr<EdgeExplainer> explainer_;
  std::shared_ptr<SplitMemo> memo_;
};

/// Makes explainers: one per thread, all alike.
using ExplainerFactory = std::function<std::unique_ptr<EdgeExplainer>()>;

/// Cuts of a group of so many ops that category 3 follows.
size_t largest_none_fits(size_t ops);

/// A factory of splitters that share `memo` (nullptr: a new one). The graph is the evaluator's.
SplitterFactory make_splitter_factory(ExplainerFactory explainers, std::shared_ptr<SplitMemo> memo);

}  // namespace fusesim
