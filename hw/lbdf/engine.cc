#include "lbdf/engine.h"

#include <algorithm>
#include <map>
#include <utility>

#include "blocks/line_buffer.h"
#include "blocks/process_group.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/hw/simulation_error.h"
#include "ops/labels.h"
#include "ops/provenance.h"
#include "ops/row_window.h"
#include "ops/weight_bytes.h"
#include "plan.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kDeadRowsPerTransfer = 16;

/// A ring on the machine, and the signal that it gained or lost a row.
struct LiveRing {
  LiveRing(const Graph& graph, const LbdfRing& plan, Scratchpad& scratchpad)
      : shape(graph.tensor(plan.tensor).shape),
        tensor(plan.tensor),
        buffer(tensor_label(graph, plan.tensor), shape.c, plan.rows, plan.row_bytes, scratchpad) {}

  Shape shape;
  TensorId tensor;
  LineBuffer buffer;
  Signal moved;
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
};

Segment weights_of(const Graph& graph, const Datatypes& types, OpId o) {
  Segment segment;
  segment.kind = TransferKind::weight;
  segment.op = o;
  segment.bytes = op_weight_bytes(graph.op(o), types);
  return segment;
}

}  // namespace

/// One group in progress.
class LbdfEngine::Run {
 public:
  Run(const EngineContext& context, const GroupSchedule& group);
  void execute();

 private:
  const Op& op(OpId o) const { return machine_.graph.op(o); }
  LiveRing& ring(TensorId t) { return *rings_.at(t); }

  LiveStage build_stage(const LbdfStage& plan);
  int64_t first_row_needed(const LiveStage& stage, const Reading& reading, int64_t y) const;
  void release(LiveRing& ring, size_t reader, int64_t row);
  void await_rows(LiveRing& ring, int64_t rows, const std::string& who);
  void await_slot(LiveRing& ring, const std::string& who);

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
  void compute_in_place(LiveStage& stage, OpId o, int64_t y);
  void run_vector(OpId o, int64_t read_bytes, int64_t write_bytes);

  EngineContext machine_;
  const Group ops_;
  std::map<TensorId, std::unique_ptr<LiveRing>> rings_;
  std::map<OpId, LiveWeights> weights_;
  std::vector<std::unique_ptr<LiveStage>> stages_;
  std::vector<LiveRing*> external_;
  std::vector<std::pair<LiveRing*, size_t>> outgoing_;  // ring, its reader for the store
  ProcessGroup processes_;
};

LbdfEngine::Run::Run(const EngineContext& context, const GroupSchedule& group)
    : machine_(context), ops_(group.ops) {
  const LbdfPlan plan = lbdf_plan(machine_.graph, machine_.datatypes, group);
  for (const OpId o : ops_) {
    const int64_t bytes = op_weight_bytes(op(o), machine_.datatypes);
    if (bytes == 0) continue;
    if (first_reader(machine_.graph, ops_, o) == o)
      machine_.scratchpad.allocate("weights of " + op_label(machine_.graph, o), bytes);
    weights_[o];
  }
  for (const LbdfRing& r : plan.rings) {
    LiveRing& live =
        *rings_.emplace(r.tensor, std::make_unique<LiveRing>(machine_.graph, r, machine_.scratchpad))
             .first->second;
    if (r.external) external_.push_back(&live);
    if (r.outgoing) outgoing_.emplace_back(&live, live.buffer.add_reader(0));
  }
  for (const LbdfStage& stage : plan.stages)
    stages_.push_back(std::make_unique<LiveStage>(build_stage(stage)));
}

LiveStage LbdfEngine::Run::build_stage(const LbdfStage& plan) {
  LiveStage stage;
  stage.plan = plan;
  stage.output = &ring(plan.output);
  const Op& first = op(plan.ops.front());
  for (size_t i = 0; i < first.inputs.size(); ++i) {
    LiveRing& source = ring(first.inputs[i]);
    stage.operands.push_back(&source.buffer);
    auto reading = std::find_if(stage.readings.begin(), stage.readings.end(),
                                [&source](const Reading& r) { return r.ring == &source; });
    if (reading == stage.readings.end()) reading = stage.readings.insert(reading, Reading{&source, 0, {}});
    reading->operands.push_back(i);
  }
  for (Reading& r : stage.readings) r.reader = r.ring->buffer.add_reader(first_row_needed(stage, r, 0));
  return stage;
}

/// The first row of an input that the stage needs for output row y and those after it; all rows when it is
/// done.
int64_t LbdfEngine::Run::first_row_needed(const LiveStage& stage, const Reading& reading, int64_t y) const {
  const int64_t height = reading.ring->shape.h;
  if (y >= stage.plan.rows) return height;
  int64_t first = height;
  for (const size_t i : reading.operands) {
    first = std::min(first, rows_read(machine_.graph, op(stage.plan.ops.front()), i, y).first);
  }
  return first;
}

void LbdfEngine::Run::release(LiveRing& ring, size_t reader, int64_t row) {
  if (machine_.fault == Fault::early_release) ++row;
  ring.buffer.release(reader, std::min(row, ring.shape.h));
  processes_.notify(ring.moved);
}

void LbdfEngine::Run::await_rows(LiveRing& ring, int64_t rows, const std::string& who) {
  processes_.wait_for(
      ring.moved, [&ring, rows] { return ring.buffer.pushed() >= rows; },
      [this, &ring, rows, who] {
        return who + " waits for row " + std::to_string(rows - 1) + " of " +
               tensor_label(machine_.graph, ring.tensor) + " (" + ring.buffer.describe() + ")";
      });
}

void LbdfEngine::Run::await_slot(LiveRing& ring, const std::string& who) {
  processes_.wait_for(
      ring.moved, [&ring] { return ring.buffer.can_open(); },
      [this, &ring, who] {
        return who + " waits for a slot for row " + std::to_string(ring.buffer.pushed()) + " of " +
               tensor_label(machine_.graph, ring.tensor) + " (" + ring.buffer.describe() + ")";
      });
}

void LbdfEngine::Run::execute() {
  if (!weights_.empty()) processes_.spawn([this] { load_weights(); });
  for (LiveRing* ring : external_) processes_.spawn([this, ring] { load_rows(*ring); });
  for (const auto& stage : stages_) processes_.spawn([this, &stage] { run_stage(*stage); });
  for (const auto& [ring, reader] : outgoing_) {
    processes_.spawn([this, ring = ring, reader = reader] { store_rows(*ring, reader); });
  }
  processes_.join();
}

void LbdfEngine::Run::bring_weights(OpId o) {
  const Segment segment = weights_of(machine_.graph, machine_.datatypes, o);
  machine_.scratchpad.add_live(segment.bytes);
  if (machine_.ahead != nullptr && machine_.ahead->has(segment)) {
    machine_.ahead->take(segment);
  } else {
    machine_.memory.transfer({segment});
  }
  if (!machine_.weights_here) machine_.counters.buffer_write_bytes += segment.bytes;
}

void LbdfEngine::Run::load_weights() {
  for (auto& [o, weights] : weights_) {
    // What an earlier op has brought is here by now.
    if (first_reader(machine_.graph, ops_, o) == o) bring_weights(o);
    weights.tile = load_all_weights(machine_.graph, o);
    weights.loaded = true;
    processes_.notify(weights.arrived);
  }
}

void LbdfEngine::Run::load_rows(LiveRing& ring) {
  const std::string who = "load";
  while (ring.buffer.pushed() < ring.shape.h) {
    await_slot(ring, who);
    // Rows that nobody reads are fetched and dropped, several at a time.
    const int64_t dead = std::min(ring.buffer.released(), ring.shape.h) - ring.buffer.pushed();
    const int64_t rows = std::clamp<int64_t>(dead, 1, kDeadRowsPerTransfer);
    std::vector<Segment> segments;
    for (int64_t i = 0; i < rows; ++i) {
      Segment segment;
      segment.kind = TransferKind::ifmap;
      segment.tensor = ring.tensor;
      segment.row = ring.buffer.pushed() + i;
      segment.c1 = ring.shape.c;
      segments.push_back(segment);
    }
    segments.front().hashes = ring.buffer.open();
    machine_.memory.transfer(segments);
    if (dead <= 0) machine_.counters.buffer_write_bytes += ring.buffer.row_bytes();
    for (int64_t i = 0; i < rows; ++i) ring.buffer.push();
    processes_.notify(ring.moved);
  }
}

void LbdfEngine::Run::store_rows(LiveRing& ring, size_t reader) {
  for (int64_t y = 0; y < ring.shape.h; ++y) {
    await_rows(ring, y + 1, "store");
    std::vector<uint64_t> row(static_cast<size_t>(ring.shape.c));
    std::copy_n(ring.buffer.channels(y, 0, ring.shape.c), ring.shape.c, row.begin());
    Segment segment;
    segment.kind = TransferKind::ofmap;
    segment.tensor = ring.tensor;
    segment.row = y;
    segment.c1 = ring.shape.c;
    segment.hashes = row.data();
    machine_.counters.buffer_read_bytes += ring.buffer.row_bytes();
    machine_.memory.transfer({segment});
    release(ring, reader, y + 1);
  }
}

void LbdfEngine::Run::await_weights(const LiveStage& stage) {
  for (const OpId o : stage.plan.ops) {
    const auto found = weights_.find(o);
    if (found == weights_.end()) continue;
    LiveWeights& weights = found->second;
    processes_.wait_for(
        weights.arrived, [&weights] { return weights.loaded; },
        [this, o] { return op_label(machine_.graph, o) + " waits for its weights"; });
  }
}

/// Null for an op without weights and biases.
const WeightTile* LbdfEngine::Run::resident_weights(OpId o) const {
  const auto weights = weights_.find(o);
  if (weights == weights_.end()) return nullptr;
  if (weights->second.loaded) return &weights->second.tile;
  throw SimulationError(SimulationError::Guard::weights_not_resident,
                        op_label(machine_.graph, o) + ": expected its weights on chip");
}

void LbdfEngine::Run::run_stage(LiveStage& stage) {
  await_weights(stage);
  const auto channels = static_cast<size_t>(stage.output->shape.c);
  stage.sums.resize(channels);
  for (int64_t y = 0; y < stage.plan.rows; ++y) run_row(stage, y);
}

void LbdfEngine::Run::run_row(LiveStage& stage, int64_t y) {
  const OpId first = stage.plan.ops.front();
  const std::string who = op_label(machine_.graph, first);
  const bool pooling = op_facts(op(first)).pools_map();
  for (const Reading& r : stage.readings) {
    if (pooling) break;
    int64_t rows = 0;
    for (const size_t i : r.operands) rows = std::max(rows, rows_read(machine_.graph, op(first), i, y).last);
    await_rows(*r.ring, rows, who);
  }
  LiveRing& out = *stage.output;
  await_slot(out, who);
  uint64_t* slot = out.buffer.open();
  if (pooling) {
    pool_rows(stage);
  } else {
    compute_first(stage, y);
  }
  for (size_t i = 1; i < stage.plan.ops.size(); ++i) compute_in_place(stage, stage.plan.ops[i], y);
  if (slot != nullptr) std::copy(stage.sums.begin(), stage.sums.end(), slot);
  out.buffer.push();
  processes_.notify(out.moved);
  for (const Reading& r : stage.readings) release(*r.ring, r.reader, first_row_needed(stage, r, y + 1));
}

/// Pools of a whole map: rows are added as they arrive and let go at once.
void LbdfEngine::Run::pool_rows(LiveStage& stage) {
  const OpId o = stage.plan.ops.front();
  const Reading& reading = stage.readings.front();
  LineBuffer& source = reading.ring->buffer;
  const int64_t channels = stage.output->shape.c;
  std::fill(stage.sums.begin(), stage.sums.end(), 0);
  for (int64_t r = 0; r < reading.ring->shape.h; ++r) {
    await_rows(*reading.ring, r + 1, op_label(machine_.graph, o));
    add_pooled_row(r, source.channels(r, 0, channels), channels, stage.sums.data());
    const int64_t sum_bytes = channels * stage.output->shape.w * machine_.datatypes.partial_sum_bytes;
    run_vector(o, source.row_bytes() + sum_bytes, sum_bytes);
    release(*reading.ring, reading.reader, r + 1);
  }
  close_pool(machine_.graph, o, stage.sums.data());
  finish(o, 0, channels, 0, stage.sums.data(), stage.sums.data());
}

void LbdfEngine::Run::run_vector(OpId o, int64_t read_bytes, int64_t write_bytes) {
  const int64_t ops = vector_ops(machine_.graph, op(o), machine_.graph.out_shape(op(o)).c);
  run_on_vector_unit(machine_, o, {ops, {read_bytes, write_bytes}});
}

/// Row y of ops[0] into stage.sums.
void LbdfEngine::Run::compute_first(LiveStage& stage, int64_t y) {
  const OpId o = stage.plan.ops.front();
  const int64_t channels = stage.output->shape.c;
  const WeightTile* tile = resident_weights(o);
  if (op_facts(op(o)).unit != Unit::pe_array) {
    int64_t read_bytes = op_weight_bytes(op(o), machine_.datatypes);
    for (size_t i = 0; i < op(o).inputs.size(); ++i) {
      read_bytes += rows_read(machine_.graph, op(o), i, y).size() * ring(op(o).inputs[i]).buffer.row_bytes();
    }
    if (machine_.fault == Fault::channels_unshuffled && op(o).kind == OpKind::channel_shuffle) {
      unshuffled_sums(y, *stage.operands.front(), 0, channels, stage.sums.data());
    } else {
      local_sums(machine_.graph, o, y, stage.operands, 0, channels, tile, stage.sums.data());
    }
    run_vector(o, read_bytes, stage.output->buffer.row_bytes());
  } else if (!is_convolution(op(o))) {
    local_sums(machine_.graph, o, y, stage.operands, 0, channels, tile, stage.sums.data());
    run_on_array(machine_, o, row_block(machine_.graph, op(o), {y, y + 1}));
  } else {
    const int64_t inputs = machine_.graph.in_shape(op(o)).c;
    stage.tap_x.resize(static_cast<size_t>(inputs));
    tap_sums(machine_.graph, o, y, *stage.operands.front(), 0, inputs, stage.tap_x.data());
    std::fill(stage.sums.begin(), stage.sums.end(), 0);
    if (tile != nullptr) accumulate(*tile, stage.tap_x.data(), 0, inputs, stage.sums.data());
    run_on_array(machine_, o, row_block(machine_.graph, op(o), {y, y + 1}));
  }
  finish(o, 0, channels, y, stage.sums.data(), stage.sums.data());
}

/// An activation on the row that its predecessor left in stage.sums.
void LbdfEngine::Run::compute_in_place(LiveStage& stage, OpId o, int64_t y) {
  class OneRow : public RowSource {
   public:
    explicit OneRow(std::vector<uint64_t> row) : row_(std::move(row)) {}
    const uint64_t* channels(int64_t, int64_t c0, int64_t) override { return row_.data() + c0; }

   private:
    std::vector<uint64_t> row_;
  };
  OneRow row(stage.sums);
  const WeightTile* tile = resident_weights(o);
  const int64_t channels = stage.output->shape.c;
  local_sums(machine_.graph, o, y, {&row}, 0, channels, tile, stage.sums.data());
  finish(o, 0, channels, y, stage.sums.data(), stage.sums.data());
  const int64_t row_bytes = stage.output->buffer.row_bytes();
  run_vector(o, row_bytes + op_weight_bytes(op(o), machine_.datatypes), row_bytes);
}

LbdfEngine::LbdfEngine(const EngineContext& context) : context_(context) {}
LbdfEngine::~LbdfEngine() = default;

std::vector<Segment> LbdfEngine::first_weights(const GroupSchedule& group) const {
  std::vector<Segment> pieces;
  for (const OpId o : group.ops) {
    const Segment piece = weights_of(context_.graph, context_.datatypes, o);
    if (piece.bytes > 0 && first_reader(context_.graph, group.ops, o) == o) pieces.push_back(piece);
  }
  return pieces;
}

void LbdfEngine::run_group(const GroupSchedule& group) {
  run_ = std::make_unique<Run>(context_, group);
  run_->execute();
}

}  // namespace fusesim::hw
