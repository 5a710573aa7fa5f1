#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <queue>
#include <vector>

#include "exact/descendants.h"
#include "exact/remaining_bound.h"
#include "exact/set_table.h"
#include "fusesim/base/stop.h"
#include "fusesim/cost/fit_bound.h"
#include "fusesim/search/exact.h"
#include "fusesim/search/objective.h"
#include "group_tracker.h"

namespace fusesim {

/// What a search over plans asks about groups, in values of the objective.
struct GroupPrices {
  std::vector<int64_t> single_value;  ///< of every op alone
  /// Of a legal group of two or more ops, or kNeverFits. Never below the objective's bound of
  /// GroupTracker::floor_bytes(), and kNeverFits where the fit bound of the group is at least the buffer
  /// size.
  std::function<int64_t(const Group&)> value;
};

enum class GroupShapes : uint8_t {
  all,         ///< every legal group
  contiguous,  ///< connected runs of one topological order
};

enum class SearchOrder : uint8_t {
  best_first,  ///< proves a bound
  greedy,  ///< prefers states near the end: finds good plans early and proves nothing before it is complete
};

struct PlanSearchOptions {
  GroupShapes shapes = GroupShapes::all;
  std::vector<OpId> op_order;  ///< contiguous: a topological order; empty: that of the graph
  SearchOrder order = SearchOrder::best_first;
  int64_t value_to_beat = kNeverFits;                         ///< only cheaper plans are of interest
  int64_t pair_limit = std::numeric_limits<int64_t>::max();   ///< (down-set, set of ops) pairs looked at
  int64_t pause_pairs = std::numeric_limits<int64_t>::max();  ///< so many pairs later `pause` is called
  std::function<void()> pause = {};
  ExactSearch::ProgressFn progress = {};  ///< at every larger down-set, and now and then
  StopFn stop = {};
};

struct PlanSearchOutcome {
  bool found = false;  ///< a plan with less than the value to beat
  Plan plan;
  int64_t value = 0;
  bool complete = false;    ///< no limit was hit, and nobody stopped it
  int64_t lower_bound = 0;  ///< of every plan; meaningful up to the value to beat
  int64_t pairs = 0;        ///< (down-set, set of ops) pairs looked at
  int64_t states = 0;       ///< down-sets that were met
  int64_t words = 0;        ///< of memory that these take as sets of ops
};

/// Cheapest chain of down-sets from the empty set to all ops, best first (A*).
///
/// Every plan with an acyclic quotient can run in some order, and the ops done after each of its groups form
/// a chain of down-sets; each step of such a chain is a group that is convex by construction. A step is filed
/// under (value so far + bound of the group by its compulsory traffic + bound of the rest) and evaluated only
/// when that is the least on file, so that hardly any group is evaluated that a proof of optimality could do
/// without. The least value on file is at every moment a lower bound of all plans that have not been found.
class PlanSearch {
 public:
  /// All outlive the search.
  struct Inputs {
    const Graph& graph;
    const Objective& objective;
    const TrafficFloor& floor;
    const WorkFloor& work;
    RemainingBound& remaining;
    FitBound& fit;
    const GroupPrices& prices;
  };
  explicit PlanSearch(const Inputs& inputs);

  /// To be called once.
  PlanSearchOutcome run(const PlanSearchOptions& options);

 private:
  using StateId = SetTable::Id;

  struct State {
    int64_t value = kNeverFits;   ///< least known to get here
    int64_t remaining = 0;        ///< bound of the value of the rest
    RemainingBound::Bytes bytes;  ///< bound of the rest
    OpWork work;                  ///< of the rest
    StateId parent = 0;
    int32_t placed = 0;
  };

  /// A step to evaluate, or, with from == to, a state to expand.
  struct Entry {
    int64_t rank;
    int64_t bound;
    int64_t from_value;  ///< stale if the state has a cheaper way by now
    StateId from;
    StateId to;
    int32_t placed;
    uint32_t sequence;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const;
  };

  void find_late_starts();
  StateId empty_state();
  StateId state_of(int32_t placed);
  void add_state(const RemainingBound::Bytes& bytes, const OpWork& work, int32_t placed);
  void load(StateId state);
  void find_candidates();
  bool is_ready(OpId op) const;
  void file(StateId from, StateId to, int64_t value);
  void reach(StateId state, StateId parent, int64_t value);
  /// False if the pair limit was hit.
  bool expand(StateId state);
  bool expand_all(size_t begin, const OpWindow& barred);
  bool can_connect(const OpWindow& barred);
  bool expand_run();
  void push(OpId op);
  void pop(OpId op);
  bool visit();
  bool stopped() const { return options_.stop && options_.stop(); }
  void report_progress(int32_t placed);
  bool worth_extending();
  void evaluate(const Entry& step);
  Group group_between(StateId from, StateId to) const;
  Plan plan_to(StateId state) const;

  /// Lower bound of the value of ops that move so much and are so much work.
  int64_t bound(int64_t dram_bytes, const OpWork& work) const {
    return objective_.lower_bound(work_.costs(dram_bytes, work));
  }

  const Graph& graph_;
  const Objective& objective_;
  const WorkFloor& work_;
  RemainingBound& remaining_;
  FitBound& fit_;
  const GroupPrices& prices_;
  std::vector<std::vector<OpId>> successors_;  ///< each once
  std::vector<std::vector<OpId>> predecessors_;
  std::vector<OpWindow> descendants_;  ///< per op, itself included
  /// By word w of a set of ops: ops in it or behind that read nothing but ops before it.
  std::vector<std::vector<OpId>> late_starts_;

  SetTable sets_;
  std::vector<State> states_;
  std::priority_queue<Entry, std::vector<Entry>, Later> queue_;
  uint32_t sequence_ = 0;
  PlanSearchOptions options_;
  int64_t upper_ = 0;  ///< value of the best plan, or the one to beat
  StateId best_ = 0;   ///< full state of the best plan, once found
  bool found_ = false;
  int64_t pairs_left_ = 0;
  int64_t pause_at_ = -1;  ///< pairs left then; -1: never
  int32_t most_placed_ = -1;

  // The expansion in progress.
  StateId current_ = 0;
  GroupTracker tracker_;
  OpWork group_work_;               ///< of the group under construction
  std::vector<uint64_t> reached_;   ///< ops of the state and of the group under construction
  std::vector<size_t> ends_ = {0};  ///< behind its last word, before each push
  size_t begin_ = 0;                ///< all ops in words before are reached
  uint64_t expansion_ = 0;          ///< its number
  std::vector<int32_t> missing_;  ///< per op: predecessors not in reached_, if it was seen in this expansion
  std::vector<uint64_t> seen_;    ///< per op: the last expansion that it was seen in
  OpWindow below_first_;          ///< descendants of the first component of the group
  OpWindow below_others_;         ///< and of the others
  std::vector<OpId> candidates_;  ///< ready ops, as a stack of lists
};

}  // namespace fusesim
