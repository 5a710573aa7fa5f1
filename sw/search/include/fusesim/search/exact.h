#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fusesim/cost/cost.h"

namespace fusesim {

/// A plan and what is known about its distance to the optimum.
struct SearchResult {
  Plan plan;
  int64_t network_bytes = 0;      ///< whole-network F_D of the plan
  int64_t fusable_bytes = 0;      ///< F_D summed over groups of fusable ops (LBDF; BRR: all)
  bool optimal = false;           ///< proven
  int64_t lower_bound_bytes = 0;  ///< proven bound of network_bytes; equal to it if optimal
  int64_t evaluated = 0;          ///< group evaluations
  double seconds = 0.0;
};

/// F_D of a group run as `scheme` at this buffer size, or kNeverFits if not valid. A single op that is
/// unfusable under LBDF costs what it costs alone under BRR.
int64_t group_bytes(const CostModel& cost, const Graph& graph, const Group& group, Scheme scheme,
                    int64_t buffer_bytes);

/// Least F_D over all legal plans: dynamic programming over the down-sets of the DAG. Reports optimal: true,
/// or past state_limit the best plan found and a proven lower bound. Deterministic. Throws Error if an op is
/// not valid even alone, naming it and the bytes it needs.
SearchResult exact_search(const Graph& graph, Scheme scheme, const Config& config,
                          const std::function<void(int64_t done, int64_t total)>& progress = {});

/// Best plan whose groups are contiguous runs of the topological order (disconnected runs are not used).
SearchResult contiguous_search(const Graph& graph, Scheme scheme, const Config& config);

/// Every op alone. Throws Error if an op is not valid even alone.
SearchResult unfused_plan(const Graph& graph, Scheme scheme, const Config& config);

}  // namespace fusesim
