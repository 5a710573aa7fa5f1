#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "ops/ranges.h"

namespace fusesim::hw {

/// Columns [first, last) of a tensor.
using ColumnRange = RowRange;

/// The hull of the columns of input `input` that output column x of `op` reads: what rows_read is for rows.
ColumnRange columns_read(const Graph& graph, const Op& op, size_t input, int64_t x);

/// Columns of a tensor that lie on chip, and their provenance (hw/ops/README.md).
struct HeldColumns {
  ColumnRange range;
  std::vector<uint64_t> hashes;  ///< one for each of range
};

/// Of column x of graph input t.
uint64_t input_column_hash(TensorId t, int64_t x);
/// Of column x of output j of op `id`, from what is held of each operand. Throws SimulationError
/// (column_not_resident).
uint64_t column_hash(const Graph& graph, OpId id, size_t j, int64_t x,
                     const std::vector<const HeldColumns*>& operands);

}  // namespace fusesim::hw
