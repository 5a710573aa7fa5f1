#pragma once

#include <string>
#include <vector>

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

/// Every op alone, and the plans of least traffic, time, energy and energy-delay product at config's buffer
/// size. Nothing if an op does not fit alone.
std::vector<AlternativePlan> alternative_plans(const Graph& graph, Scheme scheme, const Config& config);

}  // namespace fusesim
