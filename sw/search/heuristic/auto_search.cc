#include <algorithm>

#include "fusesim/base/process_clock.h"
#include "fusesim/search/heuristic.h"

namespace fusesim {
namespace {

/// Exact search proves its plan within a small part of its limit or, as down-sets multiply, hardly ever: of
/// the zoo at five buffer sizes and the families, under both schemes, all that is proven at all is proven
/// within a twenty-fifth (results/default_search.md).
constexpr int64_t kShareBeforeProposals = 16;
/// Of a limit of time: what local search may take.
constexpr double kProposalShare = 0.25;

/// Exact search was not done: local search and columns from here on.
class LongSearch {
 public:
  LongSearch(const SearchProblem& problem, const HeuristicOptions& options, const ColumnsOptions& columns)
      : problem_(problem), options_(options), columns_(columns) {}

  void propose(AutoResult& result) {
    HeuristicOptions options = options_;
    if (columns_.most_cpu_seconds > 0.0) {
      const double most = kProposalShare * columns_.most_cpu_seconds;
      if (options.most_cpu_seconds <= 0.0 || options.most_cpu_seconds > most) options.most_cpu_seconds = most;
    }
    result.proposal = heuristic_search(problem_, Algorithm::local, options);
  }

  /// The best plan, and the highest bound.
  void go_on(AutoResult& result) const {
    const SearchResult& proposed = result.proposal->best;
    int64_t evaluated = proposed.evaluated + result.exact.evaluated;
    double seconds = proposed.seconds + result.exact.seconds;
    int64_t bound = result.exact.lower_bound;
    result.best = proposed.value < result.exact.value ? proposed : result.exact;
    bool stopped = options_.stop && options_.stop();
    if (!stopped && bound < result.best.value) {
      ColumnsOptions options = columns_;
      options.known.push_back(result.best.plan);
      if (!options.stop) options.stop = options_.stop;
      if (options.most_cpu_seconds > 0.0)
        options.most_cpu_seconds = std::max(1.0, options.most_cpu_seconds - (process_cpu_seconds() - begin_));
      result.columns = columns_search(problem_, options);
      if (result.columns->value < result.best.value) result.best = *result.columns;
      bound = std::max(bound, result.columns->lower_bound);
      evaluated += result.columns->evaluated;
      seconds += result.columns->seconds;
      stopped = result.columns->stopped;
    }
    result.best.lower_bound = std::min(bound, result.best.value);
    result.best.optimal = result.best.value == result.best.lower_bound;
    result.best.stopped = stopped && !result.best.optimal;
    result.best.evaluated = evaluated;
    result.best.seconds = seconds;
  }

 private:
  const SearchProblem& problem_;
  const HeuristicOptions& options_;
  const ColumnsOptions& columns_;
  double begin_ = process_cpu_seconds();
};

}  // namespace

int64_t pairs_before_proposals(const Config& config) {
  return config.search.state_limit / kShareBeforeProposals;
}

AutoResult auto_search(const SearchProblem& problem, const HeuristicOptions& options,
                       const ExactSearch::ProgressFn& exact_progress, const ColumnsOptions& columns) {
  AutoResult result;
  LongSearch others(problem, options, columns);
  ExactSearch exact(problem.graph, problem.scheme, problem.config, problem.abandon);
  exact.stop_when(options.stop);
  exact.pause_after(pairs_before_proposals(problem.config), [&] { others.propose(result); });
  result.exact = exact.least(problem.objective, exact_progress);
  result.best = result.exact;
  if (result.proposal) others.go_on(result);
  return result;
}

}  // namespace fusesim
