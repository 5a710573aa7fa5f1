#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/search/algorithm.h"
#include "fusesim/search/columns.h"
#include "fusesim/search/exact.h"
#include "fusesim/search/group_splitter.h"

namespace fusesim {

/// What local search and NSGA-II do to a plan in one step.
enum class PlanEdits : uint8_t {
  /// An op moves to a neighbouring group, two groups merge, a group is cut (Mills et al., arXiv 2501.00636).
  paper,
  wide,  ///< also: boundaries shift, and several neighbouring groups merge
};

struct HeuristicProgress {
  int64_t plans = 0;
  int64_t budget = 0;
  int64_t network_bytes = 0;  ///< of the best plan so far
  int64_t queries = 0;
  double seconds = 0.0;
};

struct HeuristicOptions {
  int64_t budget = 2000;  ///< proposed plans, at least 1
  /// F_beta and F_D queries, 0: any number. The search ends with the step that reaches them: as deterministic
  /// as one that ends by plans.
  int64_t most_queries = 0;
  /// CPU time of the process, 0: any. The search ends with the step that reaches it, so that what it finds
  /// depends on the machine and its load.
  double most_cpu_seconds = 0.0;
  uint64_t seed = 0;
  int threads = 1;                ///< changes no result
  int64_t population = 10;        ///< K of local and nsga2
  std::function<void()> prepare;  ///< called before the search and left out of its time: what splitters read
  SplitterFactory splitter;       ///< empty: groups that do not fit are split at random
  /// A proposal whose groups the splitter took apart is tried with a random split as well, and the search
  /// goes on with both plans; true: with the splitter's alone, as in the paper.
  bool split_only = false;
  std::vector<Plan> first_plans = {};  ///< of local and nsga2: part of the first population
  PlanEdits edits = PlanEdits::wide;   ///< of local and nsga2; random search has none
  /// nsga2: two or three figures; time and energy only under an objective that needs time.
  std::vector<Figure> front = {Figure::dram, Figure::buffer};
  std::function<void(const HeuristicProgress&)> progress;  ///< called between steps
  StopFn stop;  ///< ends the search between steps, after the first one; so does it exact search of auto
};

/// The best plan after so many proposed plans, queries and CPU seconds. The last point of a curve within a
/// limit is the best plan that the search had found within it.
struct CurvePoint {
  int64_t plans = 0;
  int64_t value = 0;
  int64_t network_bytes = 0;
  int64_t fusable_bytes = 0;
  int64_t queries = 0;       ///< F_beta and F_D queries until the end of the step that found it
  double cpu_seconds = 0.0;  ///< of all threads, likewise
};

/// A plan that no other one found beats in all figures of the front.
struct FrontPoint {
  Plan plan;
  int64_t value = 0;
  int64_t network_bytes = 0;
  int64_t peak_buffer_bytes = 0;
  PlanCost cost;  ///< peak without the ops that run alone
};

struct HeuristicResult {
  SearchResult best;  ///< lower_bound 0: a heuristic proves nothing
  int64_t peak_buffer_bytes =
      0;              ///< most that a group of the best plan occupies; ops that run alone left out
  int64_t plans = 0;  ///< proposed; the budget unless another end came first
  QueryCounts queries;
  int64_t split_groups = 0;    ///< groups proposed that did not fit
  int64_t randomly_split = 0;  ///< of these, the ones that the splitter did not repair
  uint64_t seed = 0;
  double cpu_seconds = 0.0;
  std::vector<CurvePoint> curve;  ///< one point per improvement, then one for the whole search
  std::vector<FrontPoint> front;  ///< nsga2: ascending value; else empty
};

/// Searches plans within a budget of proposed plans, queries and CPU time. Proposed groups that are not legal
/// are repaired, groups that do not fit are split; every plan priced is legal and fits. Opaque ops and, under
/// LBDF, ops that do not fit alone run alone and are not searched. A function of all but `threads`. Throws
/// Error if an op is not valid even alone, naming it and the bytes it needs. `algorithm`: random, local or
/// nsga2.
HeuristicResult heuristic_search(const SearchProblem& problem, Algorithm algorithm,
                                 const HeuristicOptions& options);

/// What exact search found, and what local search and columns did where that took long.
struct AutoResult {
  std::optional<HeuristicResult> proposal;  ///< nothing: exact search was done, or stopped, before
  SearchResult exact;
  std::optional<SearchResult> columns;  ///< where exact search stopped at its limit
  SearchResult best;                    ///< the best of these plans, with the highest bound
};

/// Pairs that exact search looks at, of search.state_limit, before others go on.
int64_t pairs_before_proposals(const Config& config);

/// Exact search proves a plan. If it is not done after pairs_before_proposals(), local search proposes a
/// plan, exact search goes on to its limit (its own plan may be the better one), and if nothing is proven
/// then, the search over columns goes on from the better plan, to a better one and a proven bound.
/// Deterministic as they are: when local search begins depends on no clock and no thread. `columns`: its
/// time limit, if any, is for all of it.
AutoResult auto_search(const SearchProblem& problem, const HeuristicOptions& options,
                       const ExactSearch::ProgressFn& exact_progress = {},
                       const ColumnsOptions& columns = {});

}  // namespace fusesim
