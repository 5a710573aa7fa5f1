#pragma once

#include <cstdint>
#include <vector>

#include "dram/segment.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/results.h"

namespace fusesim::hw {

/// Bursts of a piece.
struct BurstCounts {
  int64_t bursts = 0;
  int64_t row_hits = 0;
  BurstCounts& operator+=(const BurstCounts& o) {
    bursts += o.bursts;
    row_hits += o.row_hits;
    return *this;
  }
};

/// Payload bytes at the DRAM pins, per kind and per (tensor, row) or op. The controller counts a payload when
/// its last burst has crossed the pins.
class TrafficCounter {
 public:
  /// `graph` must outlive the counter.
  explicit TrafficCounter(const Graph& graph);

  /// Forgets everything and counts for a group of these ops from now on. Weights of `next` that come
  /// meanwhile are kept apart for the next call, if that is for those.
  void begin_group(const Group& ops, const Group& next = {});
  /// One piece of an ifmap or ofmap row.
  void count_row(TransferKind kind, TensorId tensor, int64_t row, int64_t bytes,
                 const BurstCounts& bursts = {});
  /// A piece of an op's weights and biases. Of an op outside the group it shows in the total only.
  void count_weights(OpId op, int64_t bytes, const BurstCounts& bursts = {});
  /// Fills payload, ifmaps, ofmaps (tensors that moved, ascending), weight_bytes and, of every op, payload
  /// and bursts (both in the order of the group's ops).
  void report(GroupResult& result) const;

 private:
  /// Of one kind, by tensor.
  struct Maps {
    explicit Maps(size_t tensors) : rows(tensors), bursts(tensors) {}
    void clear();
    /// Those that moved, ascending.
    std::vector<MovedTensor> tensors() const;

    std::vector<std::vector<int64_t>> rows;  ///< bytes by row; empty: did not move
    std::vector<BurstCounts> bursts;
    std::vector<TensorId> moved;  ///< in the order in which they began
  };

  /// Weights of one op.
  struct Weights {
    int64_t bytes = 0;
    BurstCounts bursts;
  };
  static Weights* find(const Group& ops, std::vector<Weights>& weights, OpId op);
  void report_ops(GroupResult& result) const;

  const Graph& graph_;
  Group ops_;
  Group next_ops_;
  Traffic payload_;
  Maps ifmaps_, ofmaps_;
  std::vector<Weights> weights_;       // per op of the group
  std::vector<Weights> next_weights_;  // and of the next
};

}  // namespace fusesim::hw
