#pragma once

#include <memory>
#include <vector>

#include "columns/price_floor.h"
#include "columns/pricing_options.h"
#include "fusesim/search/search_problem.h"

namespace fusesim {

/// The groups of least value less the duals of their ops, of those that run in one of the scheme's ways.
class PricingWay {
 public:
  virtual ~PricingWay() = default;
  virtual const PriceFloor& prices() const = 0;
  /// `duals`: per op.
  virtual Priced run(const std::vector<int64_t>& duals, const PricingOptions& options) = 0;
  /// Of one connected, convex group of several ops: its least value, kNeverFits if it does not fit by it.
  virtual int64_t floor_of(const Group& group) = 0;
};

/// Every legal group of several ops that fits has a value of at least the least of these floors. `order`: all
/// ops, each after its predecessors. The problem's parts outlive them.
std::vector<std::unique_ptr<PricingWay>> pricing_ways(const SearchProblem& problem,
                                                      const std::vector<OpId>& order);

}  // namespace fusesim
