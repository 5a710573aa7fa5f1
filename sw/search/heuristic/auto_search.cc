#include "fusesim/search/heuristic.h"

namespace fusesim {
namespace {

/// Exact search proves its plan within a small part of its limit or, as down-sets multiply, hardly ever: of
/// the zoo at five buffer sizes and the families, under both schemes, all that is proven at all is proven
/// within a twenty-fifth (results/default_search.md).
constexpr int64_t kShareBeforeProposals = 16;

}  // namespace

int64_t pairs_before_proposals(const Config& config) {
  return config.search.state_limit / kShareBeforeProposals;
}

AutoResult auto_search(const SearchProblem& problem, const HeuristicOptions& options,
                       const ExactSearch::ProgressFn& exact_progress) {
  AutoResult result;
  ExactSearch exact(problem.graph, problem.scheme, problem.config, problem.abandon);
  exact.stop_when(options.stop);
  exact.pause_after(pairs_before_proposals(problem.config),
                    [&] { result.proposal = heuristic_search(problem, Algorithm::local, options); });
  result.exact = exact.least(problem.objective, exact_progress);
  result.best = result.exact;
  if (!result.proposal) return result;
  const SearchResult& proposed = result.proposal->best;
  if (proposed.value < result.exact.value) {
    result.best = proposed;
    result.best.lower_bound = result.exact.lower_bound;
    result.best.optimal = result.best.value == result.best.lower_bound;
    result.best.stopped = result.exact.stopped && !result.best.optimal;
  }
  result.best.evaluated = proposed.evaluated + result.exact.evaluated;
  result.best.seconds = proposed.seconds + result.exact.seconds;
  return result;
}

}  // namespace fusesim
