#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"

namespace fusesim::testing {

/// Provenance hashes of one tensor as hw/ops/README.md defines them: index c * H + y.
using ProvenanceMap = std::vector<uint64_t>;

/// Evaluates the whole graph op by op, without groups, tiles or rings, and returns the hashes of
/// Graph::outputs in their order. Shares no code with the machine.
std::vector<ProvenanceMap> reference_evaluation(const Graph& graph);
/// The same of columns: one hash for each column of each of Graph::outputs.
std::vector<std::vector<uint64_t>> reference_columns(const Graph& graph);

}  // namespace fusesim::testing
