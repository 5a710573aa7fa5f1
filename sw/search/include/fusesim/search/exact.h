#pragma once

#include <cstdint>
#include <functional>

#include "fusesim/search/search_problem.h"

namespace fusesim {

/// A plan and what is known about its distance to the optimum.
struct SearchResult {
  Plan plan;
  int64_t value = 0;          ///< of the objective
  int64_t network_bytes = 0;  ///< whole-network F_D of the plan
  int64_t fusable_bytes = 0;  ///< F_D summed over groups of fusable ops (LBDF; BRR: all)
  bool optimal = false;       ///< proven
  int64_t lower_bound = 0;    ///< proven bound of the value of every plan; equal to it if optimal
  int64_t evaluated = 0;      ///< group evaluations
  double seconds = 0.0;
};

/// Least value over all legal plans: dynamic programming over the down-sets of the DAG. Reports optimal:
/// true, or past state_limit the best plan found and a proven lower bound. Deterministic. Throws Error if an
/// op is not valid even alone, naming it and the bytes it needs.
SearchResult exact_search(const SearchProblem& problem,
                          const std::function<void(int64_t done, int64_t total)>& progress = {});

/// Best plan whose groups are contiguous runs of the topological order (disconnected runs are not used).
SearchResult contiguous_search(const SearchProblem& problem);

/// Every op alone. Throws Error if an op is not valid even alone.
SearchResult unfused_plan(const SearchProblem& problem);

}  // namespace fusesim
