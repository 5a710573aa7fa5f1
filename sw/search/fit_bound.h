#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fusesim/cost/cost.h"

namespace fusesim {

/// A lower bound of F_beta that holds for every legal group of two or more ops that contains all ops pushed
/// so far. It may only grow as ops are pushed, so that a set that it rejects needs no superset looked at.
/// F_beta itself is not monotone: an op more may turn an outgoing tensor into one that works in place.
///
/// Ops are pushed in an order in which every op comes after its predecessors that are pushed, and popped in
/// reverse.
class FitBound {
 public:
  virtual ~FitBound() = default;
  virtual void push(OpId op) = 0;
  virtual void pop() = 0;
  /// kNeverFits if no such group is legal.
  virtual int64_t bytes() const = 0;
};

/// Weights and biases, and of every tensor that an op touches the rows that this op alone keeps alive.
std::unique_ptr<FitBound> make_lbdf_fit_bound(const Graph& graph, const CostParams& params);
/// Least storage of every tensor at one tile row, least weight sub-group.
std::unique_ptr<FitBound> make_brr_fit_bound(const Graph& graph, const CostParams& params);

}  // namespace fusesim
