#pragma once

#include <vector>

#include "fusesim/cost/params.h"
#include "fusesim/cost/storage_floor.h"

namespace fusesim {

/// One for each range of numbers of tiles with weights that stay, and one for each with weights that are
/// streamed.
std::vector<StorageFloor> brr_storage_floors(const Graph& graph, const CostParams& params);

}  // namespace fusesim
