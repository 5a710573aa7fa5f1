#pragma once

#include "blocks/engine.h"
#include "tile.h"
#include "transfers.h"

namespace fusesim::hw {

/// Sends what leaves the group to DRAM. Nobody waits for it but who wants its place.
class BrrTileStorer {
 public:
  /// The arguments must outlive it.
  BrrTileStorer(const EngineContext& machine, BrrTransfers& transfers)
      : machine_(machine), transfers_(transfers) {}

  /// Own rows of an outgoing tensor; rows made again as halo stay.
  void store(const BrrTile& tile, int tensor, const ChannelRange& channels);
  /// The pooled vector of an op, whose storage is free when it has left.
  void store_pooled(const BrrTile& tile, int op);

 private:
  const EngineContext& machine_;
  BrrTransfers& transfers_;
};

}  // namespace fusesim::hw
