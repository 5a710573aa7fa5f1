#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "blocks/engine.h"
#include "blocks/line_buffer.h"
#include "blocks/process_group.h"
#include "ops/labels.h"
#include "ops/provenance.h"
#include "plan.h"

namespace fusesim::hw {

/// A ring on the machine, and the signal that it gained or lost a row.
struct LiveRing {
  LiveRing(const EngineContext& machine, const LbdfRing& plan)
      : shape(machine.graph.tensor(plan.tensor).shape),
        tensor(plan.tensor),
        external(plan.external),
        outgoing(plan.outgoing),
        buffer(tensor_label(machine.graph, plan.tensor), shape.c, plan.rows, plan.row_bytes,
               machine.scratchpad, machine.value_width(plan.tensor)) {
    if (!machine.guarded) buffer.read_blindly();
    if (machine.tracer != nullptr)
      part = machine.tracer->part(tensor_label(machine.graph, plan.tensor), plan.rows * plan.row_bytes);
  }

  Shape shape;
  TensorId tensor;
  bool external, outgoing;
  LineBuffer buffer;
  Signal moved;
  int64_t part = -1;  // of the trace
};

struct LiveWeights {
  WeightTile tile;
  bool loaded = false;
  Signal arrived;
};

/// A stage's hold on one of its input rings.
struct Reading {
  LiveRing* ring = nullptr;
  size_t reader = 0;             // of ring->buffer
  std::vector<size_t> operands;  // inputs of the op that are this tensor
};

struct LiveStage {
  LbdfStage plan;
  LiveRing* output = nullptr;
  std::vector<Reading> readings;      // one per distinct input tensor
  std::vector<RowSource*> operands;   // per input of ops[0]
  std::vector<uint64_t> sums, tap_x;  // scratch
  std::vector<Value> row;             // the same: elements of the row in the making
};

/// What brings all weights of an op.
Segment weights_of(const Graph& graph, const Datatypes& types, OpId op);

/// One lbdf group in progress: its processes and what they share. It must live until the kernel has stopped
/// or its transfers have ended.
class LbdfRun {
 public:
  /// Throws SimulationError (bad_schedule) if the schedule does not fit the group.
  LbdfRun(const EngineContext& context, const GroupSchedule& group);
  void execute();

 private:
  const Op& op(OpId o) const { return machine_.graph.op(o); }
  LiveRing& ring(TensorId t) { return *rings_.at(t); }

  LiveStage build_stage(const LbdfStage& plan);
  int64_t first_row_needed(const LiveStage& stage, const Reading& reading, int64_t y) const;
  void release(LiveRing& ring, size_t reader, int64_t row);
  void await_rows(LiveRing& ring, int64_t rows, const std::string& who);
  void await_slot(LiveRing& ring, const std::string& who);

  void note_tail(Cause cause) const;
  void rows_moved(LiveRing& ring);
  void load_weights();
  void bring_weights(OpId o);
  void load_rows(LiveRing& ring);
  void store_rows(LiveRing& ring, size_t reader);
  void run_stage(LiveStage& stage);
  void await_weights(const LiveStage& stage);
  const WeightTile* resident_weights(OpId o) const;
  void run_row(LiveStage& stage, int64_t y);
  void pool_rows(LiveStage& stage);
  void compute_first(LiveStage& stage, int64_t y);
  void compute_values(LiveStage& stage, int64_t y, const WeightTile* tile);
  void compute_in_place(LiveStage& stage, OpId o, int64_t y);
  void run_vector(OpId o, int64_t y, int64_t read_bytes, int64_t write_bytes);

  EngineContext machine_;
  const Group ops_;
  std::map<TensorId, std::unique_ptr<LiveRing>> rings_;
  std::map<OpId, LiveWeights> weights_;
  std::vector<std::unique_ptr<LiveStage>> stages_;
  std::vector<LiveRing*> external_;
  std::vector<std::pair<LiveRing*, size_t>> outgoing_;  // ring, its reader for the store
  int64_t running_stages_ = 0;
  ProcessGroup processes_;
};

}  // namespace fusesim::hw
