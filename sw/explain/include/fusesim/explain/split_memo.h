#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "fusesim/search/edge_explainer.h"
#include "fusesim/search/evaluator.h"

namespace fusesim {

/// What the cuts of a group offer (paper, Algorithm 1). Under SplitRule::traffic "fits" is, for BRR, "fits
/// and moves no more than its ops alone".
enum class SplitCategory : uint8_t {
  both_fit = 1,   ///< a cut gives two groups that fit
  one_fits = 2,   ///< no such cut; some give one group that fits
  none_fits = 3,  ///< no such cut either
  failed = 4,     ///< the edges name no cut, or no way from there leads to groups that fit
};

struct SplitOutcome {
  SplitCategory category = SplitCategory::failed;
  Plan groups;        ///< in running order; empty if failed
  int64_t value = 0;  ///< of the objective, summed
};

/// What SPLIT had to go by.
struct SplitInput {
  std::vector<GroupEdge> blamed;  ///< the explanation
  int64_t inner_edges = 0;        ///< edges that the group has
  int64_t cuts = 0;               ///< different legal cuts that the explanation gave
};

/// Counts over groups that SPLIT looked at: proposed groups that do not fit, and parts of them (under BRR, by
/// SplitRule::traffic, also some that fit: "failed" where they stay as they are).
struct SplitCounts {
  int64_t groups = 0;
  int64_t both_fit = 0;
  int64_t one_fits = 0;
  int64_t none_fits = 0;
  int64_t failed = 0;
  int64_t explained_edges = 0;  ///< edges that the explainer named
  int64_t inner_edges = 0;      ///< edges that the groups have
  int64_t cuts = 0;             ///< different legal cuts that the named edges gave

  /// Share that SPLIT turns into groups that all fit, where it asks the explainer anew about every part.
  double split_rate() const;
  /// Share that one cut at one of the explainer's edges repairs.
  double one_cut_rate() const;
  double edges_per_group() const;
};

struct SplitStatistics {
  SplitCounts all;       ///< every group that SPLIT looked at once, parts of others included
  SplitCounts proposed;  ///< the groups that a search asked to split, each once
  SplitCounts weighted;  ///< the same, each as often as the search asked
};

/// A group that a search asked to split.
struct ProposedGroup {
  Group group;
  std::vector<GroupEdge> blamed;
  int64_t times = 0;
};

/// What SPLIT found, per group; shared by the splitters of all threads of a search.
class SplitMemo {
 public:
  std::optional<SplitOutcome> find(const Group& group) const;
  /// The first outcome stored for a group stays; the counts follow it.
  void add(const Group& group, const SplitOutcome& outcome, SplitInput input);
  /// Counts a stored group as proposed by a search once more.
  void count_proposal(const Group& group);
  SplitStatistics statistics() const;
  /// In ascending order.
  std::vector<ProposedGroup> proposed() const;

 private:
  struct Entry {
    SplitOutcome outcome;
    SplitInput input;
    int64_t times_proposed = 0;
  };

  mutable std::mutex mutex_;
  std::unordered_map<Group, Entry, GroupHash> known_;
};

}  // namespace fusesim
