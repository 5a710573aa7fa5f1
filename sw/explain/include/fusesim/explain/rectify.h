#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/explain/split_memo.h"
#include "fusesim/search/evaluator.h"

namespace fusesim {

enum class Repair : uint8_t {
  repaired,      ///< cuts at these edges lead to parts that all fit
  not_repaired,  ///< none do
  undecided,     ///< too many parts to look at
};

/// Whether cuts through these edges alone, one after the other, can take a legal group apart into legal
/// groups that all fit. A cut through an edge is one of cuts_at(). Looks at up to `limit` different parts.
Repair repair_at(Evaluator& evaluator, const Group& group, const std::vector<GroupEdge>& edges,
                 int64_t limit = 4096);

/// How far single explanations reach: over the groups that a search asked to split.
struct RectifyCounts {
  int64_t groups = 0;  ///< each once
  int64_t repaired = 0;
  int64_t undecided = 0;
  int64_t proposals = 0;  ///< each as often as the search asked
  int64_t repaired_proposals = 0;

  /// Share of invalid groups that the edges of their own explanation repair, by any number of cuts (undecided
  /// ones count as not repaired): the most plausible reading of the paper's "rectify rate" (Table V), which
  /// it does not define. SplitCounts::split_rate cannot be meant: there the explainer is asked anew about
  /// every part until single ops are left, which one random edge per group survives too, while the paper's
  /// rates lie between 50 and 94 %. Nor can one_cut_rate: random search proposes large groups, which need
  /// several cuts.
  double rectify_rate() const;
  double weighted_rectify_rate() const;
};

/// Looks at every group that a search asked to split. The evaluator should have a memo of its own, so that
/// the search's queries are not added to.
RectifyCounts count_rectified(Evaluator& evaluator, const SplitMemo& memo);

}  // namespace fusesim
