#include "lbdf/timeline.h"

#include <algorithm>
#include <cmath>

#include "time/open_rows.h"

namespace fusesim {
namespace {

/// Rows that nothing reads move several at a time.
constexpr int64_t kDeadRowsPerTransfer = 16;

}  // namespace

LbdfTimeline::LbdfTimeline(const DramPlaces& places, DramBus bus) : places_(places), bus_(std::move(bus)) {}

int LbdfTimeline::add_process(What what, int ring, int64_t rows) {
  Process p;
  p.what = what;
  p.ring = ring;
  p.rows = rows;
  processes_.push_back(std::move(p));
  return static_cast<int>(processes_.size()) - 1;
}

void LbdfTimeline::build(const GroupView& view, const LbdfStageTimes& times) {
  times_ = &times;
  view_ = &view;
  rings_.assign(times.rings().size(), {});
  processes_.clear();
  stages_.clear();
  for (size_t t = 0; t < rings_.size(); ++t) rings_[t].times = &times.rings()[t];
  if (!times.weights().empty()) add_process(What::weights, -1, static_cast<int64_t>(times.weights().size()));
  for (size_t t = 0; t < rings_.size(); ++t) {
    if (!rings_[t].times->external) continue;
    rings_[t].writer = add_process(What::load, static_cast<int>(t), rings_[t].times->rows);
  }
  for (const LbdfStageTimes::Stage& stage : times.stages()) {
    const int index = add_process(What::stage, stage.output, stage.rows);
    Process& p = processes_.back();
    p.stage = &stage;
    stages_.push_back(index);
    rings_[static_cast<size_t>(stage.output)].writer = index;
    const LocalOp& op = view.ops[static_cast<size_t>(stage.op)];
    for (int k = op.edges_begin; k < op.edges_end; ++k) {
      const Edge& e = view.edges[static_cast<size_t>(k)];
      p.inputs.push_back({e.tensor, &e, 0});
      rings_[static_cast<size_t>(e.tensor)].readers.push_back(index);
    }
  }
  for (size_t t = 0; t < rings_.size(); ++t) {
    if (!rings_[t].times->outgoing) continue;
    const int index = add_process(What::store, -1, rings_[t].times->rows);
    processes_.back().inputs.push_back({static_cast<int>(t), nullptr, 0});
    rings_[t].readers.push_back(index);
  }
}

int64_t LbdfTimeline::run(const GroupView& view, const LbdfStageTimes& times) {
  build(view, times);
  weights_here_ = 0;
  array_ = vector_ = {};
  array_.start = times.array_start_cycles() * kTicksPerCycle;
  bus_.reset();
  open_rows_before(view, places_, bus_);
  sequence_ = now_ = last_ = 0;
  for (const int stage : stages_) {
    Process& p = processes_[static_cast<size_t>(stage)];
    if (!p.stage->pools) release(p, 0);
  }
  for (size_t i = 0; i < processes_.size(); ++i) wake(static_cast<int>(i));
  const auto next = [this] {
    return std::min(events_.empty() ? DramBus::kNever : events_.top().time, bus_.next());
  };
  for (Time time = next(); time != DramBus::kNever; time = next()) {
    now_ = time;
    while (!events_.empty() && events_.top().time == now_) {
      const int process = events_.top().process;
      events_.pop();
      finish_step(process);
    }
    ended_.clear();
    bus_.advance(now_, ended_);
    for (const int process : ended_) finish_transfer(process);
    // Units choose when all requests of a moment are known.
    serve(array_);
    serve(vector_);
  }
  return (last_ + kTicksPerCycle - 1) / kTicksPerCycle;
}

void LbdfTimeline::wake(int process) {
  const Process& p = processes_[static_cast<size_t>(process)];
  if (p.busy || p.row == p.rows) return;
  switch (p.what) {
    case What::weights:
      return try_weights(process);
    case What::load:
      return try_load(process);
    case What::stage:
      return try_stage(process);
    case What::store:
      return try_store(process);
  }
}

void LbdfTimeline::wake_readers(int ring) {
  for (const int reader : rings_[static_cast<size_t>(ring)].readers) wake(reader);
}

void LbdfTimeline::try_weights(int index) {
  const Process& p = processes_[static_cast<size_t>(index)];
  const LbdfStageTimes::Weights& weights = times_->weights()[static_cast<size_t>(p.row)];
  const OpId op = view_->ops[static_cast<size_t>(weights.op)].id;
  begin_transfer(index, places_.weights(op), weights.bytes, false);
}

void LbdfTimeline::try_load(int index) {
  Process& p = processes_[static_cast<size_t>(index)];
  const Ring& ring = rings_[static_cast<size_t>(p.ring)];
  if (!ring.has_slot()) return;
  const int64_t dead = std::min(ring.released, p.rows) - ring.made;
  p.moving = std::clamp<int64_t>(dead, 1, kDeadRowsPerTransfer);
  const int64_t bytes = ring.times->moved_row_bytes;
  begin_transfer(index, places_.tensor(tensor_of(p.ring)) + p.row * bytes, p.moving * bytes, false);
}

void LbdfTimeline::try_store(int index) {
  const Process& p = processes_[static_cast<size_t>(index)];
  const int t = p.inputs.front().ring;
  const Ring& ring = rings_[static_cast<size_t>(t)];
  if (ring.made <= p.row) return;
  const int64_t bytes = ring.times->moved_row_bytes;
  begin_transfer(index, places_.tensor(tensor_of(t)) + p.row * bytes, bytes, true);
}

bool LbdfTimeline::has_inputs(const Process& p) const {
  return std::all_of(p.inputs.begin(), p.inputs.end(), [&](const Input& in) {
    const int64_t needed = p.stage->pools ? p.pooled + 1 : in.edge->end(p.row);
    return rings_[static_cast<size_t>(in.ring)].made >= needed;
  });
}

bool LbdfTimeline::has_weights(const Process& p) const { return weights_here_ >= p.stage->weights_needed; }

void LbdfTimeline::try_stage(int index) {
  Process& p = processes_[static_cast<size_t>(index)];
  if (!has_weights(p) || !has_inputs(p) || !rings_[static_cast<size_t>(p.ring)].has_slot()) return;
  p.busy = true;
  p.step = 0;
  request_step(index);
}

void LbdfTimeline::request_step(int index) {
  const Process& p = processes_[static_cast<size_t>(index)];
  const LbdfStageTimes::Step& step = p.stage->steps[p.step];
  unit_of(step).queue.emplace(now_, index);
}

void LbdfTimeline::serve(Unit& unit) {
  if (unit.busy || unit.queue.empty()) return;
  const int index = unit.queue.top().second;
  unit.queue.pop();
  const Process& p = processes_[static_cast<size_t>(index)];
  const int64_t cycles = p.stage->steps[p.step].cycles;
  const Time start = unit.free_since == now_ ? 0 : unit.start;
  unit.busy = true;
  const Time begin = (now_ + kTicksPerCycle - 1) / kTicksPerCycle * kTicksPerCycle;
  events_.push({begin + start + cycles * kTicksPerCycle, sequence_++, index});
}

void LbdfTimeline::finish_step(int index) {
  Process& p = processes_[static_cast<size_t>(index)];
  Unit& unit = unit_of(p.stage->steps[p.step]);
  unit.busy = false;
  unit.free_since = now_;
  if (p.stage->pools && p.step == 0) {
    ++p.pooled;
    Input& in = p.inputs.front();
    in.low = p.pooled;
    const Ring& ring = rings_[static_cast<size_t>(in.ring)];
    update_released(in.ring);
    if (p.pooled < ring.times->rows) {
      // the row stays open: only the next input row is awaited
      if (ring.made > p.pooled) {
        request_step(index);
      } else {
        p.busy = false;
      }
      return;
    }
  }
  if (++p.step < p.stage->steps.size()) {
    request_step(index);
  } else {
    finish_row(index);
  }
}

void LbdfTimeline::finish_row(int index) {
  Process& p = processes_[static_cast<size_t>(index)];
  p.busy = false;
  ++p.row;
  push_rows(p.ring, 1);
  if (!p.stage->pools) release(p, p.row);
  wake(index);
}

void LbdfTimeline::push_rows(int ring, int64_t rows) {
  rings_[static_cast<size_t>(ring)].made += rows;
  wake_readers(ring);
}

/// The reader's next row is `next_row`: rows that neither it nor a later one reads are free.
void LbdfTimeline::release(Process& reader, int64_t next_row) {
  for (Input& in : reader.inputs) {
    const int64_t height = rings_[static_cast<size_t>(in.ring)].times->rows;
    in.low = next_row >= reader.rows ? height : std::min(height, in.edge->first(next_row));
    update_released(in.ring);
  }
}

void LbdfTimeline::update_released(int index) {
  Ring& ring = rings_[static_cast<size_t>(index)];
  int64_t low = ring.times->rows;
  for (const int reader : ring.readers) {
    for (const Input& in : processes_[static_cast<size_t>(reader)].inputs) {
      if (in.ring == index) low = std::min(low, in.low);
    }
  }
  if (low <= ring.released) return;
  ring.released = low;
  wake(ring.writer);
}

/// Loads come before stores, and weights last.
void LbdfTimeline::begin_transfer(int index, int64_t address, int64_t bytes, bool writes) {
  Process& p = processes_[static_cast<size_t>(index)];
  p.busy = true;
  const int rank = p.what == What::weights ? static_cast<int>(processes_.size()) : index;
  bus_.begin({index, address, bytes, writes, rank}, now_);
}

void LbdfTimeline::finish_transfer(int index) {
  last_ = now_;
  Process& p = processes_[static_cast<size_t>(index)];
  p.busy = false;
  switch (p.what) {
    case What::weights:
      ++p.row;
      ++weights_here_;
      for (const int stage : stages_) wake(stage);
      break;
    case What::load:
      p.row += p.moving;
      push_rows(p.ring, p.moving);
      break;
    case What::store: {
      ++p.row;
      Input& in = p.inputs.front();
      in.low = p.row;
      update_released(in.ring);
      break;
    }
    case What::stage:
      break;
  }
  wake(index);
}

}  // namespace fusesim
