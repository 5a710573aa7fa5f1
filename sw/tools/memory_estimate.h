#pragma once

#include <cstdint>

#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Bytes that planning and running a network take for the rows, columns and channels of its tensors,
/// roughly. They grow with these, however few bytes the model's file has: of a map of 2^31 rows, 180 GiB.
double estimated_bytes(const Graph& graph, int64_t images);

/// Throws Error, naming the largest tensor and the key, where that is more than graph.memory_limit.
/// `images`: those that a run keeps apart; 1 where nothing runs.
void check_memory(const Graph& graph, const Config& config, int64_t images);

}  // namespace fusesim
