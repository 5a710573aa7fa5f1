#pragma once

#include <memory>

#include "fusesim/cost/fit_bound.h"
#include "fusesim/cost/params.h"

namespace fusesim {

/// Weights and biases, and of every tensor that an op touches the rows that this op alone keeps alive.
std::unique_ptr<FitBound> make_lbdf_fit_bound(const Graph& graph, const CostParams& params,
                                              int64_t buffer_bytes);

}  // namespace fusesim
