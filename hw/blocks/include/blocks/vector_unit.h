#pragma once

#include <cstdint>

#include "blocks/buffer_ports.h"
#include "blocks/shared_unit.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"

namespace fusesim::hw {

/// Elementary operations of one output row, `channels` output channels wide, of an op that runs on the vector
/// unit, per element: under a window one per kernel position; eltwise: operands - 1; resize: 1 (nearest) or 4
/// (linear); anything else made of its own row 1 (a function, or a copy; an engine that concatenates without
/// copying does not ask), 2 with weights or biases. global_avg_pool: one per element of an *input* row.
int64_t vector_ops(const Graph& graph, const Op& op, int64_t channels);

/// What the vector unit does at one go.
struct VectorWork {
  int64_t ops = 0;
  BufferBytes bytes;
};

/// The vector unit: a shared resource that does `lanes` operations per cycle, or waits for the buffer's
/// ports. It has no pipeline to fill.
class VectorUnit {
 public:
  VectorUnit(const Config& config, const MachineClock& clock, Activity& compute)
      : lanes_(config.vector_unit.lanes), ports_(config), unit_(clock, compute, Cause::vector_unit) {}

  /// Blocks the calling SC_THREAD until the work is done.
  UnitSpan run(int64_t id, const VectorWork& work) {
    return unit_.occupy(id, {(work.ops + lanes_ - 1) / lanes_, ports_.cycles(work.bytes), 0});
  }
  int64_t busy_cycles() const { return unit_.busy_cycles(); }
  int64_t port_bound_cycles() const { return unit_.port_bound_cycles(); }
  void reset() { unit_.reset(); }

 private:
  int64_t lanes_;
  BufferPorts ports_;
  SharedUnit unit_;
};

}  // namespace fusesim::hw
