#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "blocks/engine.h"
#include "buffers.h"
#include "group.h"
#include "ops/provenance.h"
#include "weight_order.h"

namespace fusesim::hw {

/// Brings weights on chip sub-group by sub-group, in the order in which they are used: all of them for the
/// whole group (resident), or each again in every round (streamed). A sub-group comes when it is needed, or,
/// with room for two, as soon as one of the two is free.
class BrrWeights {
 public:
  struct Order {
    std::vector<BrrSubgroup> subgroups;  ///< of one round (tile)
    int64_t rounds = 1;
    bool resident = false;
    bool ahead = false;  ///< there is room for two
  };

  /// `pool` is where they lie. `machine`, `group` and `pools` must outlive it.
  BrrWeights(const EngineContext& machine, const BrrGroup& group, BrrPools& pools, int pool, Order order);

  /// Before the first round: what may come ahead starts to.
  void open() { look_ahead(); }
  void begin_round();
  /// The next sub-group in the order is needed: waits until it is on chip.
  void fetch();
  /// The sub-group, which must be the one that was fetched: throws SimulationError (weights_not_resident)
  /// otherwise.
  const WeightTile& use(int op, const ChannelRange& outputs, const ChannelRange& inputs) const;
  /// The array has done with the sub-group: it goes, unless it is there to stay.
  void done();
  /// Throws SimulationError (weights_not_resident) if a weight was not fetched, or not kept.
  void end_round() const;
  /// Frees whatever is held.
  void drop_all();

 private:
  struct Held {
    WeightTile tile;
    bool arrived = false;
  };

  const BrrSubgroup& subgroup(int64_t n) const;
  int64_t total() const;
  void look_ahead();
  void start(int64_t n);
  std::vector<Segment> segments_of(const BrrSubgroup& subgroup) const;
  WeightTile stale(WeightTile shape) const;

  const EngineContext& machine_;
  const BrrGroup& group_;
  BrrPools& pools_;
  int pool_;
  Order order_;
  // Numbers count sub-groups over all rounds; those of resident weights the first round's.
  int64_t needed_ = 0;   // whose turn has come
  int64_t started_ = 0;  // that have been asked for
  int64_t done_ = 0;     // that the array has done with
  int64_t in_use_ = -1;
  std::map<int64_t, Held> held_;
  int64_t held_bytes_ = 0;
  std::vector<int64_t> fetched_bytes_;  // per op, in this round; of the whole group if resident
  std::vector<uint64_t> content_;       // what the buffer held last, for faults
  std::vector<Value> value_content_;    // the same
};

}  // namespace fusesim::hw
