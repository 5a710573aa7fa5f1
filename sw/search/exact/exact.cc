#include "fusesim/search/exact.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

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

/// Every op alone.
void take_singles(const Graph& graph, const GroupPrices& prices, PlanSearchOutcome& outcome) {
  outcome.value = 0;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    outcome.plan.push_back({static_cast<OpId>(o)});
    outcome.value += prices.single_value[o];
  }
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

}  // namespace

/// What all searches of one object share.
class ExactSearch::Parts {
 public:
  Parts(const Graph& graph, const FusionScheme& scheme, const Config& config, StopFn abandon)
      : graph_(graph),
        config_(config),
        costs_(graph, scheme, config, std::move(abandon)),
        floor_(scheme.traffic_floor(graph, config.datatypes)),
        work_(scheme.work_floor(graph, cost_params(config), config.buffer.capacity_bytes)),
        fit_(scheme.fit_bound(graph, cost_params(config), config.buffer.capacity_bytes)) {
    std::vector<int64_t> single_bytes;
    for (const GroupCost& cost : costs_.single_costs(dram_objective()))
      single_bytes.push_back(cost.traffic.total_bytes());
    charge_ops(single_bytes);
    remaining_ = std::make_unique<RemainingBound>(graph_, floor_, *fit_, single_bytes);
  }

  const Graph& graph() const { return graph_; }
  const Config& config() const { return config_; }
  GroupCosts& costs() { return costs_; }

  GroupPrices prices(const Objective& objective) {
    GroupPrices prices;
    for (const GroupCost& cost : costs_.single_costs(objective))
      prices.single_value.push_back(objective.value(cost));
    prices.value = [this, &objective](const Group& group) {
      const std::optional<GroupCost> cost = costs_.cost(group, objective);
      return cost ? objective.value(*cost) : kNeverFits;
    };
    return prices;
  }

  PlanSearchOutcome run(const Objective& objective, const GroupPrices& prices,
                        const PlanSearchOptions& options) {
    PlanSearch search({graph_, objective, floor_, work_, *remaining_, *fit_, prices});
    PlanSearchOptions whole = options;
    whole.stop = stop;
    if (pause && options.shapes == GroupShapes::all) {
      whole.pause_pairs = pause_pairs;
      whole.pause = [this] { take_pause(); };
    }
    return search.run(whole);
  }

  /// Lower bound of all plans.
  int64_t least_value(const Objective& objective) const {
    const std::vector<uint64_t> nothing(words_for(graph_.ops.size()), 0);
    OpWork work;
    for (const OpWork& op : work_.ops) work += op;
    return objective.lower_bound(work_.costs(remaining_->bytes(nothing.data()).all, work));
  }

  int64_t value(const Plan& plan, const Objective& objective) {
    int64_t value = 0;
    for (const Group& group : plan) value += objective.value(costs_.cost(group, objective).value());
    return value;
  }

  PlanCost cost(const Plan& plan, const Objective& objective) {
    PlanCost sum;
    for (const Group& group : plan) {
      const GroupCost cost = costs_.cost(group, objective).value();
      sum.dram_bytes += cost.traffic.total_bytes();
      sum.cycles += cost.cycles;
      sum.energy_pj += cost.energy_pj;
      sum.peak_buffer_bytes = std::max(sum.peak_buffer_bytes, cost.buffer_bytes);
    }
    return sum;
  }

  SearchResult result(const PlanSearchOutcome& outcome, const Objective& objective,
                      const Stopwatch& stopwatch) {
    SearchResult result;
    result.plan = outcome.plan;
    result.value = outcome.value;
    result.cost = cost(outcome.plan, objective);
    result.network_bytes = result.cost.dram_bytes;
    for (const Group& group : outcome.plan) {
      if (costs_.is_fusable(group))
        result.fusable_bytes += costs_.cost(group, objective)->traffic.total_bytes();
    }
    result.lower_bound = outcome.complete ? outcome.value : std::min(outcome.lower_bound, outcome.value);
    result.optimal = result.lower_bound == outcome.value;
    result.stopped = !result.optimal && stopped();
    result.evaluated = costs_.evaluated();
    result.seconds = stopwatch.seconds() - std::exchange(paused_seconds_, 0.0);
    return result;
  }

  bool stopped() const { return stop && stop(); }

  StopFn stop;
  int64_t pause_pairs = 0;
  std::function<void()> pause;  ///< empty once it was called
  /// Plans found so far: under another objective the best of them is where its search begins.
  std::vector<Plan> known;

 private:
  void take_pause() {
    const auto once = std::exchange(pause, {});
    const Stopwatch stopwatch;
    once();
    paused_seconds_ = stopwatch.seconds();
  }

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
  const Config& config_;
  GroupCosts costs_;
  TrafficFloor floor_;
  WorkFloor work_;
  std::unique_ptr<FitBound> fit_;
  std::unique_ptr<RemainingBound> remaining_;
  double paused_seconds_ = 0.0;  ///< since the last result
};

ExactSearch::ExactSearch(const Graph& graph, const FusionScheme& scheme, const Config& config, StopFn abandon)
    : parts_(std::make_unique<Parts>(graph, scheme, config, std::move(abandon))) {}
ExactSearch::~ExactSearch() = default;

void ExactSearch::stop_when(StopFn stop) { parts_->stop = std::move(stop); }

void ExactSearch::pause_after(int64_t pairs, std::function<void()> pause) {
  parts_->pause_pairs = pairs;
  parts_->pause = std::move(pause);
}

SearchResult ExactSearch::least(const Objective& objective, const ProgressFn& progress) {
  const Stopwatch stopwatch;
  const Graph& graph = parts_->graph();
  const GroupPrices prices = parts_->prices(objective);
  PlanSearchOptions options;
  options.shapes = GroupShapes::contiguous;
  PlanSearchOutcome best;
  best.value = kNeverFits;
  for (const Plan& plan : parts_->known) {
    const int64_t value = parts_->value(plan, objective);
    if (value >= best.value) continue;
    best.plan = plan;
    best.value = value;
  }
  const auto look = [&] {
    options.value_to_beat = best.value;
    PlanSearchOutcome outcome = parts_->run(objective, prices, options);
    if (outcome.found) {
      best.plan = outcome.plan;
      best.value = outcome.value;
    }
    return outcome;
  };
  if (every_group_is_a_run(graph)) {
    options.progress = progress;
    const PlanSearchOutcome proof = look();
    best.complete = proof.complete;
    best.lower_bound = proof.lower_bound;
  } else {
    look();
    options.op_order = depth_first_order(graph);
    look();
    options.shapes = GroupShapes::all;
    options.pair_limit = parts_->config().search.state_limit;
    options.progress = progress;
    const PlanSearchOutcome proof = look();
    best.complete = proof.complete;
    best.lower_bound = proof.lower_bound;
    if (!proof.complete && !parts_->stopped()) {
      options.order = SearchOrder::greedy;
      options.pair_limit = parts_->config().search.state_limit / kGreedyShare;
      options.progress = {};
      best.complete = look().complete;
    }
  }
  if (best.plan.empty()) take_singles(graph, prices, best);
  parts_->known.push_back(best.plan);
  return parts_->result(best, objective, stopwatch);
}

SearchResult ExactSearch::contiguous(const Objective& objective) {
  const Stopwatch stopwatch;
  PlanSearchOptions options;
  options.shapes = GroupShapes::contiguous;
  const GroupPrices prices = parts_->prices(objective);
  PlanSearchOutcome outcome = parts_->run(objective, prices, options);
  if (!outcome.found) take_singles(parts_->graph(), prices, outcome);
  SearchResult result = parts_->result(outcome, objective, stopwatch);
  result.lower_bound = parts_->least_value(objective);
  result.optimal = result.lower_bound == result.value;
  return result;
}

SearchResult ExactSearch::unfused(const Objective& objective) {
  const Stopwatch stopwatch;
  PlanSearchOutcome outcome;
  take_singles(parts_->graph(), parts_->prices(objective), outcome);
  outcome.lower_bound = parts_->least_value(objective);
  return parts_->result(outcome, objective, stopwatch);
}

std::pair<SearchResult, std::shared_ptr<const Objective>> ExactSearch::unfused_edp() {
  std::shared_ptr<const Objective> objective(&cycles_objective(), [](const Objective*) {});
  SearchResult best = unfused(*objective);
  for (;;) {
    const std::shared_ptr<const Objective> around = balanced_objective(best.cost.cycles, best.cost.energy_pj);
    SearchResult next = unfused(*around);
    if (next.cost.edp() >= best.cost.edp()) return {std::move(best), objective};
    best = std::move(next);
    objective = around;
  }
}

SearchResult ExactSearch::of(const Plan& plan, const Objective& objective) {
  PlanSearchOutcome outcome;
  outcome.plan = plan;
  outcome.value = parts_->value(plan, objective);
  outcome.lower_bound = parts_->least_value(objective);
  return parts_->result(outcome, objective, Stopwatch());
}

PlanCost ExactSearch::cost(const Plan& plan, const Objective& objective) {
  return parts_->cost(plan, objective);
}

SearchResult exact_search(const SearchProblem& problem, const ExactSearch::ProgressFn& progress) {
  return ExactSearch(problem.graph, problem.scheme, problem.config, problem.abandon)
      .least(problem.objective, progress);
}

SearchResult contiguous_search(const SearchProblem& problem) {
  return ExactSearch(problem.graph, problem.scheme, problem.config, problem.abandon)
      .contiguous(problem.objective);
}

SearchResult unfused_plan(const SearchProblem& problem) {
  return ExactSearch(problem.graph, problem.scheme, problem.config, problem.abandon)
      .unfused(problem.objective);
}

}  // namespace fusesim
