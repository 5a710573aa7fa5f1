#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "fusesim/base/stop.h"
#include "fusesim/search/search_problem.h"

namespace fusesim {

/// What the groups of a plan add up to, each at the schedule that the objective takes.
struct PlanCost {
  int64_t dram_bytes = 0;
  int64_t cycles = 0;     ///< 0 where the objective needs no time
  int64_t energy_pj = 0;  ///< likewise
  int64_t peak_buffer_bytes = 0;

  /// Energy-delay product, pJ times cycles.
  double edp() const { return static_cast<double>(energy_pj) * static_cast<double>(cycles); }
};

/// One of its figures.
int64_t figure_of(const PlanCost& cost, Figure figure);

/// A plan and what is known about its distance to the optimum.
struct SearchResult {
  Plan plan;
  int64_t value = 0;          ///< of the objective
  int64_t network_bytes = 0;  ///< whole-network F_D of the plan
  int64_t fusable_bytes = 0;  ///< F_D summed over groups of fusable ops (LBDF; BRR: all)
  PlanCost cost;
  bool optimal = false;     ///< proven
  bool stopped = false;     ///< ended early because it was told to
  int64_t lower_bound = 0;  ///< proven bound of the value of every plan; equal to it if optimal
  int64_t evaluated = 0;    ///< group evaluations
  double seconds = 0.0;
};

/// The plan of least energy-delay product, and the weighted sums that lead to it.
struct EdpResult {
  SearchResult best;                           ///< of the weighted sum that found it
  std::shared_ptr<const Objective> objective;  ///< that sum: it takes the schedules of the best plan's groups
  double lower_bound = 0.0;                    ///< no plan has a smaller product
  bool optimal = false;  ///< the bound meets the best product, up to the rounding of the sums
  /// Plans on the lower convex hull of (cycles, energy) that were met, ascending cycles.
  std::vector<SearchResult> hull;
};

/// What a plan may come to at most.
struct Limits {
  std::optional<int64_t> dram_bytes;
  std::optional<int64_t> cycles;
  bool hold(const PlanCost& cost) const {
    return (!dram_bytes || cost.dram_bytes <= *dram_bytes) && (!cycles || cost.cycles <= *cycles);
  }
};

/// The best plan found that keeps the limits, and how far from the optimum it may be.
struct LimitedResult {
  bool found = false;  ///< false: no plan keeps them, as far as was looked
  bool stopped = false;
  SearchResult best;
  std::shared_ptr<const Objective> objective;  ///< takes the schedules of the best plan's groups
  double value = 0.0;                          ///< of the goal
  double lower_bound = 0.0;                    ///< of every plan that keeps them
  bool optimal = false;
};

/// How far exact search is.
struct ExactProgress {
  int64_t placed = 0;        ///< ops in the largest down-set that it has come to
  int64_t ops = 0;           ///< of the network
  double limit_share = 0.0;  ///< of search.state_limit that is used up
};

/// Searches over one network, scheme and configuration that share what they learn of groups, so that another
/// objective asks about none a second time. Deterministic. Throws Error if an op is not valid even alone,
/// naming it and the bytes it needs.
class ExactSearch {
 public:
  using ProgressFn = std::function<void(const ExactProgress&)>;

  /// Graph, scheme and configuration outlive it. `abandon`: as SearchProblem has it, from here on.
  ExactSearch(const Graph& graph, const FusionScheme& scheme, const Config& config, StopFn abandon = {});
  ~ExactSearch();

  /// Searches end as soon as `stop` says so, with the best plan and the bound that they have by then: every
  /// op alone, if there is no better one yet.
  void stop_when(StopFn stop);
  /// `pause` is called once at most: within the first search over groups of all shapes that has looked at so
  /// many (down-set, set of ops) pairs and is not done. That search goes on when it returns, to the same
  /// result; what it takes is not in its seconds. It may ask this object for costs and for every op alone.
  void pause_after(int64_t pairs, std::function<void()> pause);

  /// Least value over all legal plans: dynamic programming over the down-sets of the DAG. Reports optimal:
  /// true, or past state_limit the best plan found and a proven lower bound.
  SearchResult least(const Objective& objective, const ProgressFn& progress = {});
  /// Least product of energy and time. The product of two sums is quasi-concave, so that its least value lies
  /// on a vertex of the lower convex hull of (cycles, energy) over all plans; weighted sums find those
  /// vertices, and their bounds cut off all that could be less.
  EdpResult least_edp(const ProgressFn& progress = {});
  /// The plans on the lower convex hull of two figures, none of them the buffer: those that some weighted sum
  /// of both makes least. Ascending `first`; all are proven if every result is. At most kMostSupported plans.
  std::vector<SearchResult> supported_front(Figure first, Figure second, const ProgressFn& progress = {});
  static constexpr size_t kMostSupported = 64;
  /// Least value of a goal among the plans that keep the limits. A price on each limited figure, raised
  /// until its limit holds, gives plans and a bound (Lagrange); plans between two prices are not looked for,
  /// so that the best found may lie above the optimum by the gap that the result states.
  LimitedResult least_within(Goal goal, const Limits& limits, const ProgressFn& progress = {});
  /// Best plan whose groups are contiguous runs of the topological order (disconnected runs are not used).
  SearchResult contiguous(const Objective& objective);
  /// Every op alone.
  SearchResult unfused(const Objective& objective);
  /// Every op alone, with the weighted sum that takes each op's schedule: weighing time and energy alike
  /// around the plan finds no smaller product of them.
  std::pair<SearchResult, std::shared_ptr<const Objective>> unfused_edp();
  /// A plan that somebody else found. Its groups are legal and valid; the bound is the least that is known.
  SearchResult of(const Plan& plan, const Objective& objective);
  /// What a plan comes to under an objective. Its groups are legal and valid.
  PlanCost cost(const Plan& plan, const Objective& objective);

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

SearchResult exact_search(const SearchProblem& problem, const ExactSearch::ProgressFn& progress = {});
SearchResult contiguous_search(const SearchProblem& problem);
SearchResult unfused_plan(const SearchProblem& problem);

}  // namespace fusesim
