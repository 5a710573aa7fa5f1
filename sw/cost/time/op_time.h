#pragma once

#include <cstdint>

#include "fusesim/cost/params.h"
#include "fusesim/graph/graph.h"
#include "time/array_time.h"

namespace fusesim {

/// The array block of `rows` output rows of a convolution: output channels [first, end), `inputs` channels
/// of every convolution group.
ArrayBlock array_block(const Graph& graph, const Op& op, int64_t rows, int64_t first, int64_t end,
                       int64_t inputs);
/// All channels.
ArrayBlock array_block(const Graph& graph, const Op& op, int64_t rows);

/// Elementary operations of the vector unit for one output row of some channels (of a GlobalAvgPool: one
/// input row): per element of the row, pools take one per kernel position, eltwise ops one per operand but
/// one, a linear resize 4, an activation with weights 2, others 1.
int64_t vector_ops(const Graph& graph, const Op& op, int64_t channels);

}  // namespace fusesim
