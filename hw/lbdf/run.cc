#include "run.h"

#include <algorithm>

#include "fusesim/hw/simulation_error.h"
#include "ops/row_window.h"
#include "ops/weight_bytes.h"
#include "values/kernels.h"

namespace fusesim::hw {
namespace {

constexpr int64_t kDeadRowsPerTransfer = 16;

}  // namespace

Segment weights_of(const Graph& graph, const Datatypes& types, OpId o) {
  Segment segment;
  segment.kind = TransferKind::weight;
  segment.op = o;
  segment.bytes = op_weight_bytes(graph.op(o), types);
  return segment;
}

LbdfRun::LbdfRun(const EngineContext& context, const GroupSchedule& group)
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
    LiveRing& live = *rings_.emplace(r.tensor, std::make_unique<LiveRing>(machine_, r)).first->second;
    if (r.external) external_.push_back(&live);
    if (r.outgoing) outgoing_.emplace_back(&live, live.buffer.add_reader(0));
  }
  for (const LbdfStage& stage : plan.stages)
    stages_.push_back(std::make_unique<LiveStage>(build_stage(stage)));
  running_stages_ = static_cast<int64_t>(stages_.size());
}

LiveStage LbdfRun::build_stage(const LbdfStage& plan) {
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
int64_t LbdfRun::first_row_needed(const LiveStage& stage, const Reading& reading, int64_t y) const {
  const int64_t height = reading.ring->shape.h;
  if (y >= stage.plan.rows) return height;
  int64_t first = height;
  for (const size_t i : reading.operands) {
    first = std::min(first, rows_read(machine_.graph, op(stage.plan.ops.front()), i, y).first);
  }
  return first;
}

void LbdfRun::release(LiveRing& ring, size_t reader, int64_t row) {
  if (machine_.fault == Fault::early_release) ++row;
  ring.buffer.release(reader, std::min(row, ring.shape.h));
  rows_moved(ring);
}

/// A row has come or gone.
void LbdfRun::rows_moved(LiveRing& ring) {
  if (machine_.tracer != nullptr) {
    const int64_t rows = std::max<int64_t>(0, ring.buffer.pushed() - ring.buffer.released());
    machine_.tracer->level(ring.part, rows * ring.buffer.row_bytes());
  }
  processes_.notify(ring.moved);
}

void LbdfRun::await_rows(LiveRing& ring, int64_t rows, const std::string& who) {
  const bool waited = processes_.wait_for(
      ring.moved, [&ring, rows] { return ring.buffer.pushed() >= rows; },
      [this, &ring, rows, who] {
        return who + " waits for row " + std::to_string(rows - 1) + " of " +
               tensor_label(machine_.graph, ring.tensor) + " (" + ring.buffer.describe() + ")";
      });
  if (waited && ring.external) machine_.waited(Cause::ifmap);
}

void LbdfRun::await_slot(LiveRing& ring, const std::string& who) {
  const bool waited = processes_.wait_for(
      ring.moved, [&ring] { return ring.buffer.can_open(); },
      [this, &ring, who] {
        return who + " waits for a slot for row " + std::to_string(ring.buffer.pushed()) + " of " +
               tensor_label(machine_.graph, ring.tensor) + " (" + ring.buffer.describe() + ")";
      });
  if (waited && ring.outgoing) machine_.waited(Cause::ofmap);
}

/// When no stage makes rows any more, the group waits for what is left to move.
void LbdfRun::note_tail(Cause cause) const {
  if (running_stages_ == 0) machine_.waited(cause);
}

void LbdfRun::execute() {
  if (!weights_.empty()) processes_.spawn([this] { load_weights(); });
  for (LiveRing* ring : external_) processes_.spawn([this, ring] { load_rows(*ring); });
  for (const auto& stage : stages_) processes_.spawn([this, &stage] { run_stage(*stage); });
  for (const auto& [ring, reader] : outgoing_) {
    processes_.spawn([this, ring = ring, reader = reader] { store_rows(*ring, reader); });
  }
  processes_.join();
}

void LbdfRun::bring_weights(OpId o) {
  const Segment segment = weights_of(machine_.graph, machine_.datatypes, o);
  machine_.scratchpad.add_live(segment.bytes);
  if (machine_.ahead != nullptr && machine_.ahead->has(segment)) {
    machine_.ahead->take(segment);
  } else {
    machine_.memory.transfer({segment});
  }
  if (!machine_.weights_here) machine_.counters.buffer_write_bytes += segment.bytes;
}

void LbdfRun::load_weights() {
  for (auto& [o, weights] : weights_) {
    // What an earlier op has brought is here by now.
    if (first_reader(machine_.graph, ops_, o) == o) bring_weights(o);
    weights.tile = load_all_weights(machine_.graph, o);
    if (machine_.values != nullptr) load_values(*machine_.values, weights.tile);
    weights.loaded = true;
    processes_.notify(weights.arrived);
  }
}

void LbdfRun::load_rows(LiveRing& ring) {
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
    if (segments.front().hashes != nullptr) segments.front().values = ring.buffer.opened_values();
    machine_.memory.transfer(segments);
    note_tail(Cause::ifmap);
    if (dead <= 0) machine_.counters.buffer_write_bytes += ring.buffer.row_bytes();
    for (int64_t i = 0; i < rows; ++i) ring.buffer.push();
    rows_moved(ring);
  }
}

void LbdfRun::store_rows(LiveRing& ring, size_t reader) {
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
    std::vector<Value> values(row.size() * static_cast<size_t>(machine_.value_width(ring.tensor)));
    if (machine_.values != nullptr) {
      std::copy_n(ring.buffer.values(y, 0, ring.shape.c), values.size(), values.begin());
      segment.values = values.data();
    }
    machine_.counters.buffer_read_bytes += ring.buffer.row_bytes();
    machine_.memory.transfer({segment});
    note_tail(Cause::ofmap);
    release(ring, reader, y + 1);
  }
}

void LbdfRun::await_weights(const LiveStage& stage) {
  for (const OpId o : stage.plan.ops) {
    const auto found = weights_.find(o);
    if (found == weights_.end()) continue;
    LiveWeights& weights = found->second;
    const bool waited = processes_.wait_for(
        weights.arrived, [&weights] { return weights.loaded; },
        [this, o] { return op_label(machine_.graph, o) + " waits for its weights"; });
    if (waited) machine_.waited(Cause::weights);
  }
}

/// Null for an op without weights and biases.
const WeightTile* LbdfRun::resident_weights(OpId o) const {
  const auto weights = weights_.find(o);
  if (weights == weights_.end()) return nullptr;
  if (weights->second.loaded) return &weights->second.tile;
  throw SimulationError(SimulationError::Guard::weights_not_resident,
                        op_label(machine_.graph, o) + ": expected its weights on chip");
}

void LbdfRun::run_stage(LiveStage& stage) {
  await_weights(stage);
  const auto channels = static_cast<size_t>(stage.output->shape.c);
  stage.sums.resize(channels);
  for (int64_t y = 0; y < stage.plan.rows; ++y) run_row(stage, y);
  --running_stages_;
}

}  // namespace fusesim::hw
