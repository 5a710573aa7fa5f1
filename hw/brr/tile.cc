#include "tile.h"

namespace fusesim::hw {

BrrTile::BrrTile(const BrrTilePlan& plan, BrrTileMemory& memory, int64_t index)
    : plan_(plan),
      memory_(memory),
      index_(index),
      taps_(plan.group().ops.size()),
      sums_(plan.group().ops.size()),
      summed_inputs_(plan.group().ops.size()) {}

}  // namespace fusesim::hw
