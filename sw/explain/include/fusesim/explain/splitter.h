#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "fusesim/explain/split_memo.h"
#include "fusesim/search/edge_explainer.h"
#include "fusesim/search/group_splitter.h"

namespace fusesim {

/// Which parts SPLIT keeps as they are, and which cuts it follows.
enum class SplitRule : uint8_t {
  /// The paper's: parts that fit stay. A cut into two of them is preferred to one that leaves a part to
  /// split,
  /// of those the one whose fitting part has the most ops.
  ops,
  /// Of groups of up to 24 ops the cuts whose parts move the least at least are followed, and the least
  /// traffic is kept. Larger groups as the paper's under LBDF. Under BRR, where a group that fits may fetch
  /// rows and weights so often that it moves more than its ops do alone, only parts that move no more stay,
  /// in the order of the bytes that they save, and small parts that fit are cut where that moves less.
  traffic,
};

/// Algorithm 1 of the paper: cuts a group that does not fit at the edges that an explainer blames.
///
/// Every edge gives the cuts that pass through it (cuts_at: the skip-connection rules); duplicates are
/// merged, both parts of each are legal. Recursion ends at groups that are kept (SplitRule); it is bounded
/// because parts are smaller than their group, and because only a few cuts are followed: of small groups by
/// SplitRule::traffic four are settled in both parts, from the least floor of traffic on and none that cannot
/// beat what is found; in category 3 the most important edges first, of equal ones the most even cut
/// (largest_none_fits).
class Splitter : public GroupSplitter {
 public:
  Splitter(Evaluator& evaluator, std::unique_ptr<EdgeExplainer> explainer, std::shared_ptr<SplitMemo> memo,
           SplitRule rule = SplitRule::traffic);

  std::optional<Plan> split(const Group& group) override;
  /// The same with its category and cost.
  SplitOutcome outcome(const Group& group);

 private:
  struct Candidate;
  std::vector<Candidate> candidates(const Group& group, const std::vector<BlamedEdge>& blamed);
  SplitOutcome decide(std::vector<Candidate>& candidates, size_t ops);
  static SplitCategory category(const std::vector<Candidate>& candidates);
  SplitOutcome best_of_small(const std::vector<Candidate>& candidates);
  SplitOutcome best_pair(const std::vector<Candidate>& candidates);
  SplitOutcome best_half(std::vector<Candidate>& candidates);
  SplitOutcome best_of_none(std::vector<Candidate>& candidates);
  /// Settles both parts; the result replaces `best` if that is empty or moves more. False if a part cannot be
  /// settled.
  bool take_if_better(const Candidate& candidate, SplitOutcome& best);
  /// What keeping a part as it is is worth, by the rule (ops, or saved bytes); negative: nothing, it is
  /// split.
  int64_t worth(const Group& part);
  /// F_D of one op alone; kNeverFits if it does not fit.
  int64_t alone_value(OpId op);
  /// A part as it is, if it is kept or its split moves no less, else split.
  SplitOutcome settled(const Group& part, bool is_kept);
  /// Whether a part that is kept, and moves so many bytes, is split all the same if that moves less.
  bool may_gain_by_cut(const Group& part, int64_t whole_value);
  /// Settled, a part of a small group moves no less.
  int64_t least_value(const Group& part);

  Evaluator& evaluator_;
  std::unique_ptr<EdgeExplainer> explainer_;
  std::shared_ptr<SplitMemo> memo_;
  SplitRule rule_;
  bool judges_value_;                 ///< BRR by SplitRule::traffic
  std::vector<int64_t> alone_value_;  ///< per op; -1: not asked yet
};

/// Makes explainers: one per thread, all alike.
using ExplainerFactory = std::function<std::unique_ptr<EdgeExplainer>()>;

/// Cuts of a group of so many ops that category 3 follows.
size_t largest_none_fits(size_t ops);

/// A factory of splitters that share `memo` (nullptr: a new one). The graph is the evaluator's.
SplitterFactory make_splitter_factory(ExplainerFactory explainers, std::shared_ptr<SplitMemo> memo,
                                      SplitRule rule = SplitRule::traffic);

}  // namespace fusesim
