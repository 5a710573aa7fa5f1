#include "fusesim/explain/rectify.h"

#include <algorithm>
#include <unordered_set>

#include "fusesim/search/group_cuts.h"

namespace fusesim {
namespace {

bool holds(const Group& group, GroupEdge edge) {
  return std::binary_search(group.begin(), group.end(), edge.from) &&
         std::binary_search(group.begin(), group.end(), edge.to);
}

/// Depth-first search for cuts that lead to parts that fit. Whether a part can be repaired does not depend on
/// how it came about, so that every part is looked at once.
class RepairSearch {
 public:
  RepairSearch(Evaluator& evaluator, const std::vector<GroupEdge>& edges, int64_t limit)
      : evaluator_(evaluator), edges_(edges), left_(limit) {}

  /// False also past the limit.
  bool repairs(const Group& part) {
    if (evaluator_.fits(part)) return true;
    if (hopeless_.count(part) != 0 || left_ <= 0) return false;
    --left_;
    const GroupDag dag(evaluator_.graph(), part);
    for (const GroupEdge& edge : edges_) {
      if (!holds(part, edge)) continue;
      for (const GroupCut& cut : cuts_at(dag, edge)) {
        if (repairs(cut.first) && repairs(cut.second)) return true;
        if (left_ <= 0) return false;
      }
    }
    hopeless_.insert(part);
    return false;
  }
  bool is_past_limit() const { return left_ <= 0; }

 private:
  Evaluator& evaluator_;
  const std::vector<GroupEdge>& edges_;
  int64_t left_;
  std::unordered_set<Group, GroupHash> hopeless_;
};

double share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

Repair repair_at(Evaluator& evaluator, const Group& group, const std::vector<GroupEdge>& edges,
                 int64_t limit) {
  RepairSearch search(evaluator, edges, limit);
  if (search.repairs(group)) return Repair::repaired;
  return search.is_past_limit() ? Repair::undecided : Repair::not_repaired;
}

double RectifyCounts::rectify_rate() const { return share(repaired, groups); }

double RectifyCounts::weighted_rectify_rate() const { return share(repaired_proposals, proposals); }

RectifyCounts count_rectified(Evaluator& evaluator, const SplitMemo& memo) {
  RectifyCounts counts;
  for (const ProposedGroup& proposed : memo.proposed()) {
    const Repair repair = repair_at(evaluator, proposed.group, proposed.blamed);
    ++counts.groups;
    counts.proposals += proposed.times;
    if (repair == Repair::undecided) ++counts.undecided;
    if (repair != Repair::repaired) continue;
    ++counts.repaired;
    counts.repaired_proposals += proposed.times;
  }
  return counts;
}

}  // namespace fusesim
