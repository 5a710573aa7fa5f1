#pragma once

#include <vector>

#include "blocks/memory_port.h"
#include "blocks/pe_array.h"
#include "blocks/scratchpad.h"
#include "blocks/tracer.h"
#include "blocks/vector_unit.h"
#include "blocks/weights_ahead.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/graph.h"
#include "fusesim/hw/counters.h"
#include "fusesim/hw/fault.h"
#include "fusesim/schedule/schedule.h"
#include "values/value_unit.h"

namespace fusesim::hw {

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
  WorkCounts& counters;  ///< of the group; the Sequencer clears it before and reads it after
  Fault fault = Fault::none;
  WeightsAhead* ahead = nullptr;      ///< weights that were asked for before the group began, if any
  bool weights_here = false;          ///< all of those lie in the buffer already: none is written to it again
  const ValueUnit* values = nullptr;  ///< null: no values are computed
  bool guarded = true;                ///< false: what is not resident is read all the same, as hardware would
  Activity* activity = nullptr;       ///< told what engines waited for; null: nobody asks
  Tracer* tracer = nullptr;           ///< told what happens; null: nobody asks

  /// Elements to each channel of a row of a tensor on chip; 0 where no values are computed.
  int64_t value_width(TensorId tensor) const { return values == nullptr ? 0 : values->width(tensor); }
  /// Somebody waited for this, and it is there now.
  void waited(Cause cause) const {
    if (activity != nullptr) activity->waited(cause);
  }
};

/// Blocks the calling SC_THREAD while the array works on the block, which makes `made` or a part of its sums;
/// counts its work and accesses.
void run_on_array(const EngineContext& machine, const Made& made, const RowBlock& block);
/// The same of the vector unit.
void run_on_vector_unit(const EngineContext& machine, const Made& made, const VectorWork& work);

/// Executes groups of one mode. Engines know nothing of accounting at the pins, cycles or energy: the
/// Sequencer takes those from the other modules.
class Engine {
 public:
  virtual ~Engine() = default;
  /// Called from an SC_THREAD; returns when every byte of the group has moved and every process it started
  /// has ended. Throws SimulationError when a guard trips.
  virtual void run_group(const GroupSchedule& group) = 0;
  /// Pieces of weights that run_group() of this group will ask for first, in that order, and that lie in the
  /// group's own storage as they come: those that may come before it begins. Throws SimulationError
  /// (bad_schedule).
  virtual std::vector<Segment> first_weights(const GroupSchedule& group) const = 0;
  /// Its groups fetch every row of their external tensors and every weight once, so that more or less than
  /// that is a fault.
  virtual bool fetches_once() const = 0;
};

}  // namespace fusesim::hw
