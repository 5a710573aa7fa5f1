#pragma once

#include <cstdint>

#include "blocks/shared_unit.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// Elementary operations of one output row, `channels` output channels wide, of an op that runs on the vector
/// unit, per element: under a window one per kernel position; eltwise: operands - 1; resize: 1 (nearest) or 4
/// (linear); anything else made of its own row 1 (a function, or a copy; an engine that concatenates without
/// copying does not ask), 2 with weights or biases. global_avg_pool: one per element of an *input* row.
int64_t vector_ops(const Graph& graph, const Op& op, int64_t channels);

/// The vector unit: a shared resource that does `lanes` operations per cycle.
class VectorUnit {
 public:
  VectorUnit(const VectorUnitConfig& config, const MachineClock& clock, Activity& compute)
      : lanes_(config.lanes), unit_(clock, compute) {}

  /// Blocks the calling SC_THREAD for ceil(ops / lanes) cycles of work.
  void run(int64_t id, int64_t ops) { unit_.occupy(id, (ops + lanes_ - 1) / lanes_); }
  int64_t busy_cycles() const { return unit_.busy_cycles(); }
  void reset() { unit_.reset(); }

 private:
  int64_t lanes_;
  SharedUnit unit_;
};

}  // namespace fusesim::hw
