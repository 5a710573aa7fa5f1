#pragma once

#include "fusesim/cost/params.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Bounds on products of sizes of a graph, one image at a time, so that the models' inner loops need no
/// checks:
///
/// - Bytes. Every operand and weight of every op, 16 bytes an element and with room twice, times the
///   largest number of rows or channels: what one image moves or keeps at most, since a tile has one row at
///   least and a weight pass one channel, and each tile, pass and reader fetches no more than all of it.
/// - Cycles and accesses of one block of an op on the array, which is no larger than the whole op. A step
///   takes a cycle for each position and for each stripe the loading of the weights; there are no more
///   steps than products, and an access of each of four operands for each product. 128 bits an element.
/// - Blocks: as many as pairs of channels at most, in as many tiles as there are rows.
/// - Shares of weights: of all of them, times channels.
///
/// What is multiplied by tiles, passes, images or strips beyond that, and what is added up over ops, is
/// checked where it is done (fusesim/base/checked.h). Throws Error naming the op that passes a bound.
void check_products(const Graph& graph, const CostParams& params);

}  // namespace fusesim
