#pragma once

#include <cstdint>

#include "fusesim/explain/rg_explainer.h"

namespace fusesim {

/// Weights of a network whose arrays hold normal numbers times `deviation`.
RgWeights random_rg_weights(uint32_t seed, const gnn::Network& network, float deviation = 0.3F);
/// All arrays zero: every choice is a tie.
RgWeights zero_rg_weights(const gnn::Network& network);
/// Every choice is a tie but that of stopping: with a positive `preference` for it, it is taken.
RgWeights stopping_rg_weights(const gnn::Network& network, float preference);

}  // namespace fusesim
