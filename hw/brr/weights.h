#pragma once

#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

#include "blocks/engine.h"
#include "buffers.h"
#include "group.h"
#include "ops/provenance.h"

namespace fusesim::hw {

/// Fetches weights in sub-groups and holds them: all of them for the whole group (resident), or one at a time
/// (streamed: every tile fetches every sub-group again). The weights of an op lie in DRAM in the order in
/// which its sub-groups are used.
class BrrWeights {
 public:
  /// `pool` is where they lie. `machine` and `pools` must outlive it.
  BrrWeights(const EngineContext& machine, const BrrGroup& group, BrrPools& pools, int pool, bool resident);

  void begin_tile();
  /// Brings the sub-group on chip unless it is there to stay. The biases of the outputs come with input
  /// channel 0.
  void fetch(int op, const ChannelRange& outputs, const ChannelRange& inputs);
  /// The sub-group, which must be on chip: throws SimulationError (weights_not_resident) otherwise.
  const WeightTile& use(int op, const ChannelRange& outputs, const ChannelRange& inputs) const;
  /// Throws SimulationError (weights_not_resident) if a weight was not fetched, or not kept.
  void end_tile() const;
  /// Frees whatever is held.
  void drop_all();

 private:
  using Key = std::tuple<int, int64_t, int64_t, int64_t, int64_t>;

  void transfer(const BrrOp& op, int64_t offset_bytes, int64_t bytes);
  WeightTile stale(WeightTile shape) const;

  const EngineContext& machine_;
  const BrrGroup& group_;
  BrrPools& pools_;
  int pool_;
  bool resident_;
  int64_t held_bytes_ = 0;
  std::vector<int64_t> fetched_bytes_;  // per op, in this tile; of the whole group if resident
  std::map<Key, WeightTile> held_;
  std::vector<uint64_t> content_;  // what the buffer held last, for faults
};

}  // namespace fusesim::hw
