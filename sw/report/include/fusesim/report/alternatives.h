#pragma once

#include <string>
#include <vector>

#include "fusesim/schedule/schedule.h"
#include "fusesim/search/exact.h"

namespace fusesim {

/// A plan that a user may want instead of the one that runs, as it is predicted.
struct AlternativePlan {
  std::string name;   ///< "every op alone", "least traffic" ...
  std::string asked;  ///< the --objective that finds it; empty: every op alone
  PlanCost cost;
  bool optimal = false;  ///< no plan is better in what the name says
  /// Proven: no plan is below this part of its figure. 1 if optimal, 0 where nothing is proven.
  double bound_share = 0.0;
};

/// Every op alone in the way that is best for the goal that is `asked` for (traffic's ties: in less time),
/// and the plans of least traffic, time, energy and energy-delay product at config's buffer size. Nothing if
/// an op does not fit alone.
std::vector<AlternativePlan> alternative_plans(const Graph& graph, Scheme scheme, const Config& config,
                                               Goal asked, const StopFn& stop = {});

/// What the cost model says of a whole schedule.
PlanCost predicted_cost(const Prediction& prediction);
/// Puts a known plan in the place of those that it betters in what their names say. `optimal_in` is the
/// objective in which it is proven to be optimal; empty: in none.
void take_better(std::vector<AlternativePlan>& plans, const PlanCost& known, const std::string& optimal_in);

}  // namespace fusesim
