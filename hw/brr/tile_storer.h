#pragma once

#include <cstdint>
#include <vector>

#include "blocks/engine.h"
#include "tile.h"

namespace fusesim::hw {

/// Sends what leaves the group from a tile to DRAM.
class BrrTileStorer {
 public:
  /// `machine` must outlive it.
  explicit BrrTileStorer(const EngineContext& machine) : machine_(machine) {}

  /// Own rows of an outgoing tensor; rows made again as halo stay.
  void store(const BrrTile& tile, int tensor, const ChannelRange& channels);
  /// A pooled vector, if it leaves the group.
  void store_pooled(const BrrTile& tile, int tensor, std::vector<uint64_t>& hashes);
  /// Between the two nothing is stored: a planted fault changes results before they go.
  void hold_back() { held_back_ = true; }
  void go_on() { held_back_ = false; }

 private:
  const EngineContext& machine_;
  bool held_back_ = false;
};

}  // namespace fusesim::hw
