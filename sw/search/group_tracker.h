#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/cost/traffic_floor.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// A set of ops under construction: its compulsory traffic and whether it is weakly connected, kept up to
/// date as ops are pushed (each after its predecessors that are in the set) and popped in reverse.
class GroupTracker {
 public:
  GroupTracker(const Graph& graph, const TrafficFloor& floor);

  void push(OpId op);
  void pop();

  const std::vector<OpId>& ops() const { return ops_; }
  bool connected() const { return components_ == 1; }
  /// An op that stands for the component of an op of the set.
  OpId component_of(OpId op) const;
  /// Least bytes of external inputs, outgoing tensors and weights.
  int64_t floor_bytes() const { return bytes_; }
  /// Sum of op_extra_bytes: comes on top of the floor.
  int64_t extra_bytes() const { return extra_bytes_; }

 private:
  struct Frame {
    int64_t bytes;
    int64_t extra_bytes;
    size_t merges;
  };

  void merge(OpId a, OpId b);
  /// Ops of the set that read the same weights and biases.
  int32_t& parameter_readers(OpId op) {
    return parameter_readers_[static_cast<size_t>(parameter_owner(graph_, op))];
  }

  const Graph& graph_;
  const TrafficFloor& floor_;
  std::vector<OpId> ops_;
  std::vector<Frame> frames_;
  std::vector<bool> inside_;
  std::vector<int32_t> readers_inside_;     ///< per tensor
  std::vector<int32_t> parameter_readers_;  ///< per op that owns weights and biases
  std::vector<int64_t> fetched_bytes_;      ///< per tensor: sum over the readers inside
  std::vector<OpId> parent_;  ///< union by size without path compression, so that it can be undone
  std::vector<int32_t> component_size_;
  std::vector<OpId> merges_;  ///< roots that lost their rank, latest last
  int64_t bytes_ = 0;
  int64_t extra_bytes_ = 0;
  int64_t components_ = 0;
};

}  // namespace fusesim
