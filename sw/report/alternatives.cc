#include "fusesim/report/alternatives.h"

#include <algorithm>

#include "fusesim/base/error.h"
#include "fusesim/cost/scheme.h"
#include "insight.h"

namespace fusesim {
namespace {

/// Searches of alternatives stop here: they are there for comparison, with their bound.
constexpr int64_t kMostPairs = 20'000;

const char* name_of(Goal goal) {
  switch (goal) {
    case Goal::dram:
      return "least traffic";
    case Goal::cycles:
      return "least time";
    case Goal::energy:
      return "least energy";
    case Goal::edp:
      return "least EDP";
  }
  return "";
}

AlternativePlan found(Goal goal, const PlanCost& cost, bool optimal, double bound, double value) {
  return {name_of(goal), to_string(goal), cost, optimal, optimal ? 1.0 : (value > 0 ? bound / value : 0.0)};
}

AlternativePlan least_sum(ExactSearch& search, Goal goal, const Objective& timed_traffic) {
  const SearchResult result = search.least(objective_of(goal));
  const PlanCost cost = goal == Goal::dram ? search.cost(result.plan, timed_traffic) : result.cost;
  return found(goal, cost, result.optimal, static_cast<double>(result.lower_bound),
               static_cast<double>(result.value));
}

/// Every op alone in the ways that are best for the goal.
PlanCost every_op_alone(ExactSearch& search, Goal goal, const Objective& timed_traffic) {
  switch (goal) {
    case Goal::dram:
      return search.unfused(timed_traffic).cost;
    case Goal::cycles:
    case Goal::energy:
      return search.unfused(objective_of(goal)).cost;
    case Goal::edp:
      break;
  }
  return search.unfused_edp().first.cost;
}

/// The figure that an alternative is least in.
double value_of(const std::string& asked, const PlanCost& cost) {
  if (asked == to_string(Goal::dram)) return static_cast<double>(cost.dram_bytes);
  if (asked == to_string(Goal::cycles)) return static_cast<double>(cost.cycles);
  if (asked == to_string(Goal::energy)) return static_cast<double>(cost.energy_pj);
  return cost.edp();
}

}  // namespace

std::vector<AlternativePlan> alternative_plans(const Graph& graph, Scheme scheme, const Config& config,
                                               Goal asked, const StopFn& stop) {
  Config limited = config;
  limited.search.state_limit = std::min(kMostPairs, config.search.state_limit);
  std::vector<AlternativePlan> plans;
  try {
    ExactSearch search(graph, fusion_scheme(scheme), limited);
    search.stop_when(stop);
    const auto timed_traffic = dram_objective_with_slack(0.0);
    plans.push_back({"every op alone", "", every_op_alone(search, asked, *timed_traffic), false, 0.0});
    for (const Goal goal : {Goal::dram, Goal::cycles, Goal::energy})
      plans.push_back(least_sum(search, goal, *timed_traffic));
    const EdpResult edp = search.least_edp();
    plans.push_back(found(Goal::edp, edp.best.cost, edp.optimal, edp.lower_bound, edp.best.cost.edp()));
  } catch (const Error&) {
    return {};  // a schedule written by hand may run an op that fits only in company
  }
  return plans;
}

PlanCost predicted_cost(const Prediction& prediction) {
  PlanCost cost;
  for (const GroupPrediction& group : prediction.groups) {
    cost.dram_bytes += group.traffic.total_bytes();
    cost.peak_buffer_bytes = std::max(cost.peak_buffer_bytes, group.buffer_bytes);
  }
  const PredictedTime time = total_time(prediction);
  cost.cycles = time.cycles;
  cost.energy_pj = time.energy_pj;
  return cost;
}

void take_better(std::vector<AlternativePlan>& plans, const PlanCost& known, const std::string& optimal_in) {
  for (AlternativePlan& plan : plans) {
    if (plan.asked.empty()) continue;
    const double value = value_of(plan.asked, plan.cost);
    const double better = value_of(plan.asked, known);
    if (better < value) {
      plan.cost = known;
      plan.bound_share = std::min(1.0, plan.bound_share * value / better);
    }
    if (plan.asked == optimal_in && better <= value) {
      plan.optimal = true;
      plan.bound_share = 1.0;
    }
  }
}

}  // namespace fusesim
