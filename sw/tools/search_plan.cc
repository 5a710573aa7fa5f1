#include "fusesim/tools/search_plan.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

#include "fusesim/base/process_clock.h"
#include "fusesim/explain/explainers.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

std::string described(const HeuristicProgress& p) {
  const double left = p.seconds / static_cast<double>(p.plans) * static_cast<double>(p.budget - p.plans);
  return "best " + std::to_string(p.network_bytes) + " bytes, " + std::to_string(p.queries) + " queries, " +
         std::to_string(std::llround(left)) + " s left";
}

HeuristicOptions heuristic_options(const Options& options, Progress& progress) {
  HeuristicOptions h;
  h.budget = options.budget;
  h.split_only = options.paper_rules;
  h.edits = options.paper_rules ? PlanEdits::paper : PlanEdits::wide;
  h.most_queries = options.most_queries;
  h.most_cpu_seconds = options.most_cpu_seconds;
  h.seed = options.seed;
  h.threads = options.threads;
  if (h.threads == 0) h.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  h.progress = [&progress](const HeuristicProgress& p) {
    progress.update("search", p.plans, p.budget, described(p));
  };
  return h;
}

/// Apart from the search: neither its queries nor its time.
RectifyCounts rectified(const Graph& graph, Scheme scheme, const Config& config, const SplitMemo& splits) {
  GroupMemo memo;
  Evaluator evaluator({graph, scheme, config}, memo);
  return count_rectified(evaluator, splits);
}

FoundPlan search_heuristically(const Graph& graph, const Options& options, const Config& config,
                               Progress& progress) {
  const SearchProblem problem(graph, *options.scheme, config);
  FoundPlan found;
  HeuristicOptions h = heuristic_options(options, progress);
  const auto splits = std::make_shared<SplitMemo>();
  const double before_load = process_cpu_seconds();
  if (options.explainer != ExplainerKind::none) {
    h.splitter = make_splitter_factory(
        make_explainer_factory(options.explainer, graph, *options.scheme, config.datatypes, data_directory(),
                               {options.seed, options.edges}),
        splits, options.paper_rules ? SplitRule::ops : SplitRule::traffic);
  }
  found.load_cpu_seconds = process_cpu_seconds() - before_load;
  if (options.algorithm == Algorithm::automatic) {
    AutoResult both = auto_search(
        problem, h, [&](int64_t done, int64_t total) { progress.update("certify", done, total); });
    found.best = std::move(both.best);
    found.heuristic = std::move(both.proposal);
    found.exact = std::move(both.exact);
  } else {
    found.heuristic = heuristic_search(problem, options.algorithm, h);
    found.best = found.heuristic->best;
  }
  found.splits = splits->statistics();
  found.rectified = rectified(graph, *options.scheme, config, *splits);
  return found;
}

/// Not owned: objectives that are sums live as long as the program.
std::shared_ptr<const Objective> shared(const Objective& objective) {
  return {&objective, [](const Objective*) {}};
}

/// Energy and time of every op alone weigh the same.
std::shared_ptr<const Objective> balanced(const PlanCost& unfused) {
  constexpr double kScale = 1e12;
  return weighted_objective(kScale / static_cast<double>(std::max<int64_t>(1, unfused.energy_pj)),
                            kScale / static_cast<double>(std::max<int64_t>(1, unfused.cycles)));
}

FoundPlan search_exactly(const Graph& graph, const Options& options, const Config& config,
                         Progress& progress) {
  ExactSearch search(graph, fusion_scheme(*options.scheme), config);
  const auto update = [&](int64_t done, int64_t total) { progress.update("search", done, total); };
  FoundPlan found;
  if (options.goal == Goal::edp && options.algorithm == Algorithm::exact) {
    found.edp = search.least_edp(update);
    found.best = found.edp->best;
    found.objective = found.edp->objective;
    return found;
  }
  found.objective = options.goal == Goal::edp
                        ? balanced(search.unfused(cycles_objective()).cost)
                        : shared(objective_of(options.goal));
  switch (options.algorithm) {
    case Algorithm::contiguous:
      found.best = search.contiguous(*found.objective);
      break;
    case Algorithm::unfused:
      found.best = search.unfused(*found.objective);
      break;
    case Algorithm::exact:
    case Algorithm::random:
    case Algorithm::local:
    case Algorithm::nsga2:
    case Algorithm::automatic:
      found.best = search.least(*found.objective, update);
      break;
  }
  return found;
}

}  // namespace

FoundPlan search_plan(const Graph& graph, const Options& options, const Config& config, Progress& progress) {
  if (is_heuristic(options.algorithm)) return search_heuristically(graph, options, config, progress);
  return search_exactly(graph, options, config, progress);
}

}  // namespace fusesim
