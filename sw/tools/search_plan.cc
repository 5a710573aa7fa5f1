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

}  // namespace

FoundPlan search_plan(const Graph& graph, const Options& options, const Config& config, Progress& progress) {
  const SearchProblem problem(graph, *options.scheme, config);
  FoundPlan found;
  switch (options.algorithm) {
    case Algorithm::exact:
      found.best =
          exact_search(problem, [&](int64_t done, int64_t total) { progress.update("search", done, total); });
      return found;
    case Algorithm::contiguous:
      found.best = contiguous_search(problem);
      return found;
    case Algorithm::unfused:
      found.best = unfused_plan(problem);
      return found;
    case Algorithm::random:
    case Algorithm::local:
    case Algorithm::nsga2:
    case Algorithm::automatic:
      return search_heuristically(graph, options, config, progress);
  }
  throw std::logic_error("no such algorithm");
}

}  // namespace fusesim
