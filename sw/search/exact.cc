#include "fusesim/search/exact.h"

#include <algorithm>
#include <chrono>

#include "fit_bound.h"
#include "group_costs.h"
#include "plan_search.h"
#include "remaining_bound.h"

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

/// Everything that searches over one graph, scheme and configuration share.
class Searcher {
 public:
  Searcher(const Graph& graph, Scheme scheme, const Config& config)
      : graph_(graph), costs_(graph, scheme, config), floor_(graph, scheme, config.datatypes) {
    prices_.single_bytes = costs_.single_bytes();
    prices_.bytes = [this](const Group& group) { return costs_.bytes(group); };
    fit_ = make_fit_bound(graph, scheme, cost_params(config), config.buffer.capacity_bytes);
    charge_ops();
    remaining_ = std::make_unique<RemainingBound>(graph, floor_, *fit_, prices_.single_bytes);
  }

  PlanSearchOutcome run(const PlanSearchOptions& options) {
    PlanSearch search(graph_, floor_, *remaining_, *fit_, prices_);
    return search.run(options);
  }

  SearchResult result(const PlanSearchOutcome& outcome) {
    SearchResult result;
    result.plan = outcome.plan;
    result.network_bytes = outcome.bytes;
    result.fusable_bytes = costs_.fusable_bytes(outcome.plan);
    result.lower_bound_bytes =
        outcome.complete ? outcome.bytes : std::min(outcome.lower_bound_bytes, outcome.bytes);
    result.optimal = result.lower_bound_bytes == outcome.bytes;
    result.evaluated = costs_.evaluated();
    result.seconds = stopwatch_.seconds();
    return result;
  }

  PlanSearchOutcome unfused() const {
    PlanSearchOutcome outcome;
    outcome.plan = singles(graph_);
    for (int64_t bytes : prices_.single_bytes) outcome.bytes += bytes;
    return outcome;
  }

  /// Lower bound of all plans.
  int64_t least_bytes() const {
    return remaining_->bytes(std::vector<uint64_t>(words_for(graph_.ops.size()), 0).data()).all;
  }

 private:
  /// What an op costs above one transfer of everything in every group: alone, or in a group of several, if it
  /// fits one.
  void charge_ops() {
    GroupTracker tracker(graph_, floor_);
    for (size_t o = 0; o < graph_.ops.size(); ++o) {
      const auto op = static_cast<OpId>(o);
      tracker.push(op);
      fit_->push(op);
      int64_t& extra_bytes = floor_.op_extra_bytes[o];
      extra_bytes = prices_.single_bytes[o] - tracker.floor_bytes();
      if (fit_->may_fit()) extra_bytes = std::min(extra_bytes, fit_->extra_bytes());
      tracker.pop();
      fit_->pop();
    }
  }

  const Graph& graph_;
  Stopwatch stopwatch_;
  GroupCosts costs_;
  TrafficFloor floor_;
  GroupPrices prices_;
  std::unique_ptr<FitBound> fit_;
  std::unique_ptr<RemainingBound> remaining_;
};

}  // namespace

SearchResult exact_search(const Graph& graph, Scheme scheme, const Config& config,
                          const std::function<void(int64_t done, int64_t total)>& progress) {
  Searcher searcher(graph, scheme, config);
  PlanSearchOptions options;
  options.shapes = GroupShapes::contiguous;
  if (every_group_is_a_run(graph)) {
    options.progress = progress;
    return searcher.result(searcher.run(options));
  }
  PlanSearchOutcome best = searcher.run(options);
  const auto look = [&] {
    options.bytes_to_beat = best.bytes;
    PlanSearchOutcome outcome = searcher.run(options);
    if (outcome.found) {
      best.plan = outcome.plan;
      best.bytes = outcome.bytes;
    }
    return outcome;
  };
  options.op_order = depth_first_order(graph);
  look();
  options.shapes = GroupShapes::all;
  options.pair_limit = config.search.state_limit;
  options.progress = progress;
  const PlanSearchOutcome proof = look();
  best.complete = proof.complete;
  best.lower_bound_bytes = proof.lower_bound_bytes;
  if (proof.complete) return searcher.result(best);
  options.order = SearchOrder::greedy;
  options.pair_limit = config.search.state_limit / kGreedyShare;
  options.progress = {};
  best.complete = look().complete;
  return searcher.result(best);
}

SearchResult contiguous_search(const Graph& graph, Scheme scheme, const Config& config) {
  Searcher searcher(graph, scheme, config);
  PlanSearchOptions options;
  options.shapes = GroupShapes::contiguous;
  SearchResult result = searcher.result(searcher.run(options));
  result.lower_bound_bytes = searcher.least_bytes();
  result.optimal = result.lower_bound_bytes == result.network_bytes;
  return result;
}

SearchResult unfused_plan(const Graph& graph, Scheme scheme, const Config& config) {
  Searcher searcher(graph, scheme, config);
  PlanSearchOutcome outcome = searcher.unfused();
  outcome.lower_bound_bytes = searcher.least_bytes();
  return searcher.result(outcome);
}

}  // namespace fusesim
