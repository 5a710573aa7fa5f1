#pragma once

#include "fusesim/cost/params.h"
#include "fusesim/cost/storage_floor.h"

namespace fusesim {

/// Rings that every group with these readers has, and all weights. Delays are looked for where the weights of
/// the ops between are below the buffer size.
StorageFloor lbdf_storage_floor(const Graph& graph, const CostParams& params, int64_t buffer_bytes);

}  // namespace fusesim
