#pragma once

#include <cstdint>

#include "fusesim/gnn/network.h"

namespace fusesim::gnn {

/// Four layers by default, as the paper has them, with random weights.
NetworkWeights random_weights(uint32_t seed, int64_t features = 7, int64_t hidden = 24, int64_t layers = 4,
                              int64_t classes = 2);
/// A connected DAG with some extra edges and random features.
GraphInput random_input(uint32_t seed, int64_t nodes, int64_t features = 7);
std::vector<float> random_edge_weights(uint32_t seed, const GraphInput& graph);

}  // namespace fusesim::gnn
