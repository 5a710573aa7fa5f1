#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "fusesim/search/edge_explainer.h"
#include "fusesim/search/group_splitter.h"

namespace fusesim {

/// How a group came apart (paper, Algorithm 1).
enum class SplitCategory : uint8_t {
  both_fit = 1,   ///< a cut gives two groups that fit; the one with the least F_D sum is taken
  one_fits = 2,   ///< no such cut; of those with one fitting part, the one where it has the most ops
  none_fits = 3,  ///< no such cut either; every cut is tried and the least F_D taken
  failed = 4,     ///< the edges name no cut, or no way from there leads to groups that fit
};

struct SplitOutcome {
  SplitCategory category = SplitCategory::failed;
  Plan groups;            ///< in running order; empty if failed
  int64_t f_d_bytes = 0;  ///< summed
};

/// Counts over the groups that SPLIT looked at, each group once, sub-groups included.
struct SplitStatistics {
  int64_t groups = 0;
  int64_t both_fit = 0;
  int64_t one_fits = 0;
  int64_t none_fits = 0;
  int64_t failed = 0;
  int64_t explained_edges = 0;  ///< edges that the explainer named
  int64_t inner_edges = 0;      ///< edges that the groups have
  int64_t cuts = 0;             ///< different legal cuts that these edges gave
  /// Share of groups that the explainer's edges repair: SPLIT ends in groups that all fit.
  double rectify_rate() const;
  /// Share of groups that one cut at one of the explainer's edges repairs.
  double one_cut_rate() const;
};

/// What SPLIT found, per group; shared by the splitters of all threads of a search.
class SplitMemo {
 public:
  std::optional<SplitOutcome> find(const Group& group) const;
  /// The first outcome stored for a group stays; the counts follow it.
  void add(const Group& group, const SplitOutcome& outcome, int64_t inner_edges, int64_t explained_edges,
           int64_t cuts);
  SplitStatistics statistics() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<Group, SplitOutcome, GroupHash> known_;
  SplitStatistics statistics_;
};

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
