#include "fusesim/search/exact.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "exact/group_costs.h"
#include "exact/plan_search.h"
#include "exact/remaining_bound.h"

namespace fusesim {
namespace {

/// Past the limit, this part of it goes into looking for a better plan.
constexpr int64_t kGreedyShare = 4;

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Plan singles(const Graph& graph) {
  Plan plan;
  for (size_t o = 0; o < graph.ops.size(); ++o) plan.push_back({static_cast<OpId>(o)});
  return plan;
}

/// Each op reads the one before it: the order is the only one, and its prefixes are the only down-sets.
bool every_group_is_a_run(const Graph& graph) {
  for (size_t o = 1; o < graph.ops.size(); ++o) {
    const std::vector<TensorId>& inputs = graph.ops[o].inputs;
    const bool reads_last = std::any_of(inputs.begin(), inputs.end(), [&](TensorId t) {
      return graph.tensor(t).producer == static_cast<OpId>(o) - 1;
    });
    if (!reads_last) return false;
  }
  return true;
}

/// A topological order that follows one branch to its end before it turns to the next.
std::vector<OpId> depth_first_order(const Graph& graph) {
  std::vector<OpId> order;
  std::vector<bool> placed(graph.ops.size(), false);
  std::vector<OpId> ready;
  const auto is_ready = [&](OpId op) {
    const std::vector<TensorId>& inputs = graph.op(op).inputs;
    return !placed[static_cast<size_t>(op)] && std::all_of(inputs.begin(), inputs.end(), [&](TensorId t) {
      return graph.tensor(t).producer < 0 || placed[static_cast<size_t>(graph.tensor(t).producer)];
    });
  };
  for (size_t o = graph.ops.size(); o-- > 0;) {
    if (is_ready(static_cast<OpId>(o))) ready.push_back(static_cast<OpId>(o));
  }
  while (!ready.empty()) {
    const OpId op = ready.back();
    ready.pop_back();
    if (placed[static_cast<size_t>(op)]) continue;
    placed[static_cast<size_t>(op)] = true;
    order.push_back(op);
    for (TensorId t : graph.op(op).outputs) {
      const std::vector<OpId>& readers = graph.tensor(t).consumers;
      for (size_t i = readers.size(); i-- > 0;) {
        if (is_ready(readers[i])) ready.push_back(readers[i]);
      }
    }
  }
  return order;
}

/// Everything that searches over one problem share.
class Searcher {
 public:
  explicit Searcher(const SearchProblem& problem)
      : graph_(problem.graph),
        objective_(problem.objective),
        costs_(problem),
        floor_(problem.scheme.traffic_floor(graph_, problem.config.datatypes)),
        fit_(problem.scheme.fit_bound(graph_, cost_params(problem.config), problem.buffer_bytes())) {
    std::vector<int64_t> single_bytes;
    for (const GroupCost& cost : costs_.single_costs()) {
      single_bytes.push_back(cost.traffic.total_bytes());
      prices_.single_value.push_back(objective_.value(cost));
    }
    prices_.value = [this](const Group& group) {
      const std::optional<GroupCost>& cost = costs_.cost(group);
      return cost ? objective_.value(*cost) : kNeverFits;
    };
    charge_ops(single_bytes);
    remaining_ = std::make_unique<RemainingBound>(graph_, floor_, *fit_, single_bytes);
  }

  PlanSearchOutcome run(const PlanSearchOptions& options) {
    PlanSearch search({graph_, objective_, floor_, *remaining_, *fit_, prices_});
    return search.run(options);
  }

  SearchResult result(const PlanSearchOutcome& outcome) {
    SearchResult result;
    result.plan = outcome.plan;
    result.value = outcome.value;
    result.network_bytes = costs_.network_bytes(outcome.plan);
    result.fusable_bytes = costs_.fusable_bytes(outcome.plan);
    result.lower_bound = outcome.complete ? outcome.value : std::min(outcome.lower_bound, outcome.value);
    result.optimal = result.lower_bound == outcome.value;
    result.evaluated = costs_.evaluated();
    result.seconds = stopwatch_.seconds();
    return result;
  }

  PlanSearchOutcome unfused() const {
    PlanSearchOutcome outcome;
    outcome.plan = singles(graph_);
    for (int64_t value : prices_.single_value) outcome.value += value;
    return outcome;
  }

  /// Lower bound of all plans.
  int64_t least_value() const {
    const std::vector<uint64_t> nothing(words_for(graph_.ops.size()), 0);
    return objective_.lower_bound({remaining_->bytes(nothing.data()).all});
  }

 private:
  /// What an op costs above one transfer of everything in every group: alone, or in a group of several, if it
  /// fits one.
  void charge_ops(const std::vector<int64_t>& single_bytes) {
    GroupTracker tracker(graph_, floor_);
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      const auto op = static_cast<OpId>(o);
      tracker.push(op);
      fit_->push(op);
      int64_t& extra_bytes = floor_.op_extra_bytes[o];
      extra_bytes = single_bytes[o] - tracker.floor_bytes();
      if (fit_->may_fit()) extra_bytes = std::min(extra_bytes, fit_->extra_bytes());
      tracker.pop();
      fit_->pop();
    }
  }

  const Graph& graph_;
  const Objective& objective_;
  Stopwatch stopwatch_;
  GroupCosts costs_;
  TrafficFloor floor_;
  std::unique_ptr<FitBound> fit_;
  GroupPrices prices_;
  std::unique_ptr<RemainingBound> remaining_;
};

}  // namespace

SearchResult exact_search(const SearchProblem& problem,
                          const std::function<void(int64_t done, int64_t total)>& progress) {
  Searcher searcher(problem);
  PlanSearchOptions options;
  options.shapes = GroupShapes::contiguous;
  if (every_group_is_a_run(problem.graph)) {
    options.progress = progress;
    return searcher.result(searcher.run(options));
  }
  PlanSearchOutcome best = searcher.run(options);
  const auto look = [&] {
    options.value_to_beat = best.value;
    PlanSearchOutcome outcome = searcher.run(options);
    if (outcome.found) {
      best.plan = outcome.plan;
      best.value = outcome.value;
    }
    return outcome;
  };
  options.op_order = depth_first_order(problem.graph);
  look();
  options.shapes = GroupShapes::all;
  options.pair_limit = problem.config.search.state_limit;
  options.progress = progress;
  const PlanSearchOutcome proof = look();
  best.complete = proof.complete;
  best.lower_bound = proof.lower_bound;
  if (proof.complete) return searcher.result(best);
  options.order = SearchOrder::greedy;
  options.pair_limit = problem.config.search.state_limit / kGreedyShare;
  options.progress = {};
  best.complete = look().complete;
  return searcher.result(best);
}

SearchResult contiguous_search(const SearchProblem& problem) {
  Searcher searcher(problem);
  PlanSearchOptions options;
  options.shapes = GroupShapes::contiguous;
  SearchResult result = searcher.result(searcher.run(options));
  result.lower_bound = searcher.least_value();
  result.optimal = result.lower_bound == result.value;
  return result;
}

SearchResult unfused_plan(const SearchProblem& problem) {
  Searcher searcher(problem);
  PlanSearchOutcome outcome = searcher.unfused();
  outcome.lower_bound = searcher.least_value();
  return searcher.result(outcome);
}

}  // namespace fusesim
