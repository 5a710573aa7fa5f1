#include "fusesim/search/heuristic.h"

namespace fusesim {

AutoResult auto_search(const SearchProblem& problem, const HeuristicOptions& options,
                       const ExactSearch::ProgressFn& exact_progress) {
  AutoResult result;
  result.proposal = heuristic_search(problem, Algorithm::local, options);
  ExactSearch exact(problem.graph, problem.scheme, problem.config, problem.abandon);
  exact.stop_when(options.stop);
  result.exact = exact.least(problem.objective, exact_progress);
  result.best = result.exact;
  if (result.proposal.best.value < result.exact.value) {
    result.best = result.proposal.best;
    result.best.lower_bound = result.exact.lower_bound;
    result.best.optimal = result.best.value == result.best.lower_bound;
    result.best.stopped = result.exact.stopped && !result.best.optimal;
  }
  result.best.evaluated = result.proposal.best.evaluated + result.exact.evaluated;
  result.best.seconds = result.proposal.best.seconds + result.exact.seconds;
  return result;
}

}  // namespace fusesim
