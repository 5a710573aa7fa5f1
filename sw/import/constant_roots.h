#pragma once

#include <vector>

#include "infer.h"

namespace fusesim::importer {

/// For each tensor of the graph the first that holds the same elements for certain: of a constant behind
/// Identity the tensor before it, of one that an operator makes of the same constants with the same
/// attributes as an earlier one that earlier one's; else itself.
std::vector<int> constant_roots(const TypedGraph& graph);

}  // namespace fusesim::importer
