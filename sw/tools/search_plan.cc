#include "fusesim/tools/search_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <stdexcept>
#include <thread>
#include <tuple>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/process_clock.h"
#include "fusesim/explain/explainers.h"
#include "fusesim/search/columns.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

std::string described(const HeuristicProgress& p) {
  const double left = p.seconds / static_cast<double>(p.plans) * static_cast<double>(p.budget - p.plans);
  return "best " + std::to_string(p.network_bytes) + " bytes, " + std::to_string(p.queries) + " queries, " +
         std::to_string(std::llround(left)) + " s left";
}

/// At most, for the search may be done long before its limit.
std::string time_left(double seconds, double limit_share) {
  constexpr double kLeastShare = 1e-3;
  if (limit_share < kLeastShare) return "";
  return "at most " + std::to_string(std::llround(seconds / limit_share * (1.0 - limit_share))) + " s left";
}

/// Of exact search, from now on.
ExactSearch::ProgressFn told(Progress& progress, const char* stage) {
  const auto start = std::chrono::steady_clock::now();
  return [&progress, stage, start](const ExactProgress& p) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    progress.update(stage, p.placed, p.ops, time_left(seconds.count(), p.limit_share));
  };
}

HeuristicOptions heuristic_options(const Options& options, Progress& progress, const StopFn& stop) {
  HeuristicOptions h;
  h.stop = stop;
  h.budget = options.budget;
  h.split_only = options.paper_rules;
  h.edits = options.paper_rules ? PlanEdits::paper : PlanEdits::wide;
  h.most_queries = options.most_queries;
  h.most_cpu_seconds = options.most_cpu_seconds;
  if (!options.front.empty()) h.front = options.front;
  h.seed = options.seed;
  h.threads = options.threads;
  if (h.threads == 0) h.threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  h.progress = [&progress](const HeuristicProgress& p) {
    progress.update("search", p.plans, p.budget, described(p));
  };
  return h;
}

ColumnsOptions columns_options(const Options& options, Progress& progress, const StopFn& stop) {
  ColumnsOptions columns;
  columns.stop = stop;
  columns.most_cpu_seconds = options.time_limit_seconds;
  if (options.time_limit_seconds > 0) columns.most_labels = 0;
  columns.progress = [&progress](const ColumnsProgress& p) {
    constexpr int64_t kPercent = 100;
    progress.update("search", p.value == 0 ? 0 : kPercent * p.lower_bound / p.value, kPercent,
                    "plan " + std::to_string(p.value) + ", bound " + std::to_string(p.lower_bound));
  };
  return columns;
}

/// Apart from the search: neither its queries nor its time.
RectifyCounts rectified(const SearchProblem& problem, const SplitMemo& splits) {
  GroupMemo memo;
  Evaluator evaluator(problem, memo);
  return count_rectified(evaluator, splits);
}

/// Not owned: objectives that are sums live as long as the program.
std::shared_ptr<const Objective> shared(const Objective& objective) {
  return {&objective, [](const Objective*) {}};
}

std::shared_ptr<const Objective> balanced(const PlanCost& around) {
  return balanced_objective(around.cycles, around.energy_pj);
}

/// Near-ties of traffic go to less time if the configuration says so.
std::shared_ptr<const Objective> sum_objective(Goal goal, const Config& config) {
  if (goal == Goal::dram && config.search.traffic_slack > 0)
    return dram_objective_with_slack(config.search.traffic_slack);
  return shared(objective_of(goal));
}

/// The heuristics' part of a search with one explainer, whatever is minimised.
class HeuristicSearcher {
 public:
  HeuristicSearcher(const Graph& graph, const Options& options, const Config& config, Progress& progress,
                    const StopFn& stop, const StopFn& abandon)
      : graph_(graph),
        options_(options),
        config_(config),
        progress_(progress),
        heuristic_(heuristic_options(options, progress, stop)),
        abandon_(abandon) {
    if (options.explainer == ExplainerKind::none) return;
    heuristic_.prepare = [this] { load_explainer(); };
    heuristic_.splitter = [this](Evaluator& evaluator) { return make_splitter_(evaluator); };
  }

  FoundPlan run() {
    FoundPlan found;
    if (options_.goal == Goal::edp) {
      ExactSearch exact(graph_, fusion_scheme(*options_.scheme), config_, abandon_);
      exact.stop_when(heuristic_.stop);
      found = least_product(exact);
    } else {
      found = least_sum();
    }
    found.load_cpu_seconds = load_cpu_seconds_;
    found.splits = splits_->statistics();
    if (found.heuristic) found.rectified = rectified(problem(dram_objective()), *splits_);
    return found;
  }

 private:
  SearchProblem problem(const Objective& objective) const {
    SearchProblem problem(graph_, *options_.scheme, config_, objective);
    problem.abandon = abandon_;
    return problem;
  }
  /// Not before somebody proposes: the networks of auto are read where they are of use.
  void load_explainer() {
    if (make_splitter_) return;
    const double before = process_cpu_seconds();
    make_splitter_ = make_splitter_factory(
        make_explainer_factory(options_.explainer, graph_, *options_.scheme, config_.datatypes,
                               data_directory(), {options_.seed, options_.edges}),
        splits_, options_.paper_rules ? SplitRule::ops : SplitRule::traffic);
    load_cpu_seconds_ = process_cpu_seconds() - before;
  }
  Algorithm proposer() const {
    return options_.algorithm == Algorithm::automatic ? Algorithm::local : options_.algorithm;
  }
  ExactSearch::ProgressFn certifying() { return told(progress_, "certify"); }

  FoundPlan least_sum() {
    FoundPlan found;
    found.objective = sum_objective(options_.goal, config_);
    const auto timed = [](Figure f) { return f == Figure::cycles || f == Figure::energy; };
    if (!found.objective->needs_time() && std::any_of(options_.front.begin(), options_.front.end(), timed))
      found.objective = dram_objective_with_slack(0.0);
    if (options_.algorithm == Algorithm::automatic) {
      AutoResult both = auto_search(problem(*found.objective), heuristic_, certifying(),
                                    columns_options(options_, progress_, heuristic_.stop));
      found.best = std::move(both.best);
      found.heuristic = std::move(both.proposal);
      found.exact = std::move(both.exact);
      return found;
    }
    found.heuristic = heuristic_search(problem(*found.objective), options_.algorithm, heuristic_);
    found.best = found.heuristic->best;
    return found;
  }

  FoundPlan least_product(ExactSearch& exact) {
    if (options_.algorithm != Algorithm::automatic) return proposed_product(exact);
    FoundPlan found;
    exact.pause_after(pairs_before_proposals(config_), [&] { found = proposed_product(exact); });
    found.edp = exact.least_edp(certifying());
    found.exact = found.edp->best;
    if (!found.heuristic || found.edp->best.cost.edp() <= found.best.cost.edp()) {
      found.best = found.edp->best;
      found.objective = found.edp->objective;
    }
    return found;
  }

  /// A plan that makes the sum E / E0 + T / T0 less than 2 has a smaller product than E0 * T0. So half of the
  /// budget goes with the weights of every op alone, half with those of the plan that it found.
  FoundPlan proposed_product(ExactSearch& exact) {
    FoundPlan found;
    PlanCost around = exact.unfused(cycles_objective()).cost;
    heuristic_.budget = std::max<int64_t>(1, heuristic_.budget / 2);
    for (int half = 0; half < 2; ++half) {
      const std::shared_ptr<const Objective> objective = balanced(around);
      HeuristicResult proposal = heuristic_search(problem(*objective), proposer(), heuristic_);
      proposal.best.cost = around = exact.cost(proposal.best.plan, *objective);
      if (found.heuristic && found.heuristic->best.cost.edp() <= around.edp()) break;
      found.objective = objective;
      found.heuristic = std::move(proposal);
    }
    found.best = found.heuristic->best;
    return found;
  }

  const Graph& graph_;
  const Options& options_;
  const Config& config_;
  Progress& progress_;
  HeuristicOptions heuristic_;
  StopFn abandon_;
  SplitterFactory make_splitter_;  ///< with an explainer, once it is loaded
  std::shared_ptr<SplitMemo> splits_ = std::make_shared<SplitMemo>();
  double load_cpu_seconds_ = 0.0;
};

int64_t figure_of(const Limit& limit, Goal goal, ExactSearch& search) {
  if (limit.figure) return *limit.figure;
  const SearchResult least = search.least(objective_of(goal));
  return static_cast<int64_t>(std::floor(limit.times_least * static_cast<double>(least.value)));
}

FoundPlan search_within(const Options& options, ExactSearch& search,
                        const ExactSearch::ProgressFn& progress) {
  Limits limits;
  if (options.most_dram) limits.dram_bytes = figure_of(*options.most_dram, Goal::dram, search);
  if (options.most_cycles) limits.cycles = figure_of(*options.most_cycles, Goal::cycles, search);
  FoundPlan found;
  found.limited = search.least_within(options.goal, limits, progress);
  if (!found.limited->found) {
    std::string text = "no plan was found that keeps the limits";
    text += found.limited->stopped ? " before the search was stopped:" : ":";
    if (limits.dram_bytes)
      text += " --max-dram " + std::to_string(*limits.dram_bytes) + " bytes, least traffic " +
              std::to_string(search.least(dram_objective()).value);
    if (limits.cycles)
      text += " --max-cycles " + std::to_string(*limits.cycles) + ", least time " +
              std::to_string(search.least(cycles_objective()).value);
    throw Error(text);
  }
  found.best = found.limited->best;
  found.best.optimal = found.limited->optimal;
  found.objective = found.limited->objective;
  return found;
}

FoundPlan search_exactly(const Graph& graph, const Options& options, const Config& config, Progress& progress,
                         const StopFn& stop, const StopFn& abandon) {
  ExactSearch search(graph, fusion_scheme(*options.scheme), config, abandon);
  search.stop_when(stop);
  const ExactSearch::ProgressFn update = told(progress, "search");
  if (options.most_dram || options.most_cycles) return search_within(options, search, update);
  FoundPlan found;
  if (!options.front.empty())
    found.front = search.supported_front(options.front.front(), options.front.back(), update);
  if (options.goal == Goal::edp && options.algorithm == Algorithm::exact) {
    found.edp = search.least_edp(update);
    found.best = found.edp->best;
    found.objective = found.edp->objective;
    return found;
  }
  if (options.goal == Goal::edp && options.algorithm == Algorithm::unfused) {
    std::tie(found.best, found.objective) = search.unfused_edp();
    return found;
  }
  found.objective = options.goal == Goal::edp ? balanced(search.unfused(cycles_objective()).cost)
                                              : sum_objective(options.goal, config);
  switch (options.algorithm) {
    case Algorithm::contiguous:
      found.best = search.contiguous(*found.objective);
      break;
    case Algorithm::unfused:
      found.best = search.unfused(*found.objective);
      break;
    case Algorithm::columns: {
      SearchProblem problem(graph, *options.scheme, config, *found.objective);
      problem.abandon = abandon;
      found.best = columns_search(problem, columns_options(options, progress, stop));
      break;
    }
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

FoundPlan search_plan(const Graph& graph, const Options& options, const Config& config, Progress& progress,
                      const StopFn& stop, const StopFn& abandon) {
  if (is_heuristic(options.algorithm))
    return HeuristicSearcher(graph, options, config, progress, stop, abandon).run();
  return search_exactly(graph, options, config, progress, stop, abandon);
}

}  // namespace fusesim
