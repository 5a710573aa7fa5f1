#pragma once

#include <memory>
#include <optional>

#include "fusesim/explain/rectify.h"
#include "fusesim/search/heuristic.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/progress.h"

namespace fusesim {

/// What a search found, whichever it was.
struct FoundPlan {
  SearchResult best;
  /// Takes the schedules of the plan's groups; null: least traffic.
  std::shared_ptr<const Objective> objective;
  std::optional<EdpResult> edp;              ///< of exact under edp
  std::vector<SearchResult> front;           ///< of exact with a front: ascending its first figure
  std::optional<LimitedResult> limited;      ///< of exact with limits
  std::optional<HeuristicResult> heuristic;  ///< random, local, nsga2; of auto, what local search proposed
  std::optional<SearchResult> exact;         ///< of auto: what exact search found
  SplitStatistics splits;                    ///< with an explainer: how groups that do not fit came apart
  double load_cpu_seconds = 0.0;             ///< reading the explainer's trained networks, before the search
  RectifyCounts rectified;                   ///< with an explainer: how many of them one explanation repairs
};

/// Searches the plan that the options ask for; told to stop, ends with the best one so far; abandoned, throws
/// SearchAbandoned before the next group is priced. Throws Error if an op fits in no way.
FoundPlan search_plan(const Graph& graph, const Options& options, const Config& config, Progress& progress,
                      const StopFn& stop = {}, const StopFn& abandon = {});

}  // namespace fusesim
