#pragma once

#include <cstdint>
#include <vector>

#include "infer.h"

namespace fusesim::importer {

/// For each tensor of the graph the first that holds the same elements for certain: of a constant behind
/// Identity the tensor before it, of one that an operator makes of the same constants with the same
/// attributes as an earlier one that earlier one's; else itself.
std::vector<int> constant_roots(const TypedGraph& graph);
/// Bits of an element of each tensor as the file stores it: of a constant that is converted or only seen in
/// another shape those of what it is made of.
std::vector<int32_t> stored_bits(const TypedGraph& graph);

}  // namespace fusesim::importer
