#pragma once

#include <memory>

#include "fusesim/cost/fit_bound.h"
#include "fusesim/cost/params.h"

namespace fusesim {

/// Least storage of every tensor at one tile row, least weight sub-group. Weights that do not fit beside that
/// storage are fetched once per tile, and so few tiles that a tile does not fit are not possible.
std::unique_ptr<FitBound> make_brr_fit_bound(const Graph& graph, const CostParams& params,
                                             int64_t buffer_bytes);

}  // namespace fusesim
