#pragma once

#include <cstdint>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// Lower bounds that hold at one buffer size for every legal group of two or more ops that contains all ops
/// pushed so far, so that a set that they reject needs no superset looked at. F_beta itself is not monotone:
/// an op more may turn an outgoing tensor into one that works in place.
///
/// Ops are pushed in an order in which every op comes after its predecessors that are pushed, and popped in
/// reverse.
class FitBound {
 public:
  virtual ~FitBound() = default;
  virtual void push(OpId op) = 0;
  virtual void pop() = 0;
  /// Lower bound of F_beta; kNeverFits if no such group is legal.
  virtual int64_t bytes() const = 0;
  /// Lower bound of what such a group moves beyond one transfer of each of its weights, inputs and outputs,
  /// if it is valid. The bounds of disjoint parts of one group add up.
  virtual int64_t extra_bytes() { return 0; }
  bool may_fit() const { return bytes() < buffer_bytes_; }

 protected:
  explicit FitBound(int64_t buffer_bytes) : buffer_bytes_(buffer_bytes) {}
  int64_t buffer_bytes() const { return buffer_bytes_; }

 private:
  int64_t buffer_bytes_;
};

}  // namespace fusesim
