#pragma once

#include <cstdint>

#include "blocks/engine.h"
#include "tile.h"

namespace fusesim::hw {

/// Whether a block of a reduction starts its partial sums or goes on with them, and whether it ends them.
struct BrrSumsOf {
  bool first = true;
  bool last = true;
};

/// Occupies the array with the rows of this tile and one weight sub-group.
void run_tile_on_array(const EngineContext& machine, const BrrTile& tile, int op, const ChannelRange& outputs,
                       const ChannelRange& inputs, const BrrSumsOf& sums = {});
/// Occupies the vector unit with `rows` rows of some output channels. Operands that lie in the result already
/// are not copied.
void run_tile_on_vector_unit(const EngineContext& machine, const BrrTile& tile, int op,
                             const ChannelRange& channels, int64_t rows);

}  // namespace fusesim::hw
