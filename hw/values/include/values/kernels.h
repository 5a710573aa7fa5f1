#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/graph/graph.h"
#include "ops/provenance.h"
#include "ops/ranges.h"
#include "values/value_unit.h"

/// The integers of sw/values/README.md as plain C++: what a compute step does with the elements that it reads
/// on chip. Rows of results are channel by channel, ValueUnit::width elements to each.
namespace fusesim::hw {

/// Fills the values of a tile that load_weights() has made.
void load_values(const ValueUnit& unit, WeightTile& tile);

/// conv and conv_transpose: adds to row y of output channels [tile.co0, tile.co1) what the tile's input
/// channels give, as far as they lie in `held` (channels of the whole tensor), and the biases if the tile
/// brought them. Sums are built tile by tile, in any order. Throws SimulationError (partial_sum_overflow).
void add_products(const ValueUnit& unit, int64_t y, RowSource& in, const ChannelRange& held,
                  const WeightTile& tile, int64_t* sums);
/// Row y of output channels from their sums; `out` gets as many elements.
void finish_products(const ValueUnit& unit, OpId op, int64_t channels, const int64_t* sums, Value* out);

/// Row y of output channels of every kind that has no function of its own here. Operands and weights as of
/// local_sums().
void local_values(const ValueUnit& unit, OpId op, int64_t y, const std::vector<RowSource*>& inputs,
                  const ChannelRange& outputs, const WeightTile* weights, Value* out);

/// Sums that a pool of a whole map keeps for one channel.
int64_t pooled_sums(const ValueUnit& unit, OpId op);
/// Pools of a whole map: adds row r of some channels; sums has pooled_sums() for each channel from
/// channels.first on, and is cleared by row 0. Throws SimulationError (partial_sum_overflow).
void add_pooled_values(const ValueUnit& unit, OpId op, int64_t r, RowSource& in, const ChannelRange& channels,
                       int64_t* sums);
/// The result, when all rows are in: of all channels.
void finish_pooled_values(const ValueUnit& unit, OpId op, const int64_t* sums, Value* out);

/// An opaque op: what it reads, as a checksum of row y of operand `input`; modulo 2^32, in any order.
uint32_t checksum_term(const Shape& shape, size_t input, int64_t y, const Value* row);
/// Row y of its output j.
void checksum_row(const ValueUnit& unit, OpId op, size_t j, int64_t y, uint32_t sum, Value* out);

}  // namespace fusesim::hw
