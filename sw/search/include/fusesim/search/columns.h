#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "fusesim/base/stop.h"
#include "fusesim/search/exact.h"

namespace fusesim {

/// How far a search over columns has come.
struct ColumnsProgress {
  int64_t value = 0;        ///< of the best plan so far
  int64_t lower_bound = 0;  ///< proven so far
  double cpu_seconds = 0.0;
};

struct ColumnsOptions {
  /// CPU time of the process, 0: any. What is proven and found by then depends on the machine and its load.
  double most_cpu_seconds = 0.0;
  /// Labels that pricing looks at before its last sweep, 0: any number. The default is one to two minutes.
  int64_t most_labels = 300'000'000;
  bool plans = true;             ///< false: only the bound is looked for
  std::vector<Plan> known = {};  ///< legal and valid plans to begin with
  /// Told of every step of the bound and every better plan.
  std::function<void(const ColumnsProgress&)> progress = {};
  StopFn stop = {};  ///< ends the search with the plan and the bound that it has by then
};

/// A plan and a proven bound from the linear relaxation of choosing groups, by column generation; the plan is
/// the best choice of the groups that were met, improved by local search. It needs no chain of down-sets, and
/// so bounds networks on which exact search meets its limit. Deterministic, unless it ends by CPU time. One
/// thread. Throws Error if an op is not valid even alone, naming it and the bytes it needs.
SearchResult columns_search(const SearchProblem& problem, const ColumnsOptions& options = {});

}  // namespace fusesim
