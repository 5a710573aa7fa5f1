#pragma once

#include <cstdint>
#include <vector>

#include "dram/segment.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/results.h"

namespace fusesim::hw {

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
  void count_row(TransferKind kind, TensorId tensor, int64_t row, int64_t bytes);
  /// A piece of an op's weights and biases. Of an op outside the group it shows in the total only.
  void count_weights(OpId op, int64_t bytes);
  /// Fills payload, ifmaps, ofmaps (tensors that moved, ascending) and weight_bytes (in the order of the
  /// group's ops).
  void report(GroupResult& result) const;

 private:
  using Rows = std::vector<std::vector<int64_t>>;  // [tensor][row]; empty: did not move
  static std::vector<MovedTensor> moved(const Rows& rows);

  static int64_t* find(const Group& ops, std::vector<int64_t>& bytes, OpId op);

  const Graph& graph_;
  Group ops_;
  Group next_ops_;
  Traffic payload_;
  Rows ifmap_rows_;
  Rows ofmap_rows_;
  std::vector<int64_t> weight_bytes_;       // per op of the group
  std::vector<int64_t> next_weight_bytes_;  // and of the next
};

}  // namespace fusesim::hw
