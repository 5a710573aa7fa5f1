#pragma once

#include <cstdint>
#include <string>

#include "blocks/memory_port.h"
#include "blocks/pe_array.h"
#include "blocks/scratchpad.h"
#include "blocks/vector_unit.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim::hw {

/// What engines count themselves, per group; the Sequencer clears it before a group and reads it after.
struct EngineCounters {
  int64_t macs = 0;
  int64_t vector_ops = 0;
  int64_t buffer_read_bytes = 0;
  int64_t buffer_write_bytes = 0;
};

/// The machine as an engine sees it: one run (one schedule) on one accelerator. All references outlive the
/// engine.
struct EngineContext {
  const Graph& graph;
  const Datatypes& datatypes;
  const Config& config;
  MemoryPort& memory;
  Scratchpad& scratchpad;  ///< empty when a group starts; the engine allocates, the Sequencer resets
  PeArray& pe;
  VectorUnit& vector;
  EngineCounters& counters;
  Fault fault = Fault::none;
};

/// Executes groups of one mode. Engines know nothing of accounting at the pins, cycles or energy: the
/// Sequencer takes those from the other modules.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Called from an SC_THREAD; returns when every byte of the group has moved and every process it started
  /// has ended. Throws SimulationError when a guard trips.
  virtual void run_group(const GroupSchedule& group) = 0;
};

/// "op 12 (conv2_x)" for messages.
inline std::string op_label(const Graph& graph, OpId op) {
  return "op " + std::to_string(op) + " (" + graph.op(op).name + ")";
}
/// "tensor 7 (name)" for messages.
inline std::string tensor_label(const Graph& graph, TensorId tensor) {
  return "tensor " + std::to_string(tensor) + " (" + graph.tensor(tensor).name + ")";
}
/// Weights and biases of an op in DRAM.
inline int64_t op_weight_bytes(const Op& op, const Datatypes& types) {
  return op.weights * types.weight_bytes + op.biases * types.bias_bytes;
}

}  // namespace fusesim::hw
