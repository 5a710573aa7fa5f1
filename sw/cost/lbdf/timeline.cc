#include "lbdf/timeline.h"

#include <algorithm>
#include <cmath>

namespace fusesim {
namespace {

constexpr int64_t kTicks = 1024;
/// What a transfer moves before the next one has its turn.
constexpr double kTurnBytes = 1024;
/// Rows that nothing reads move several at a time.
constexpr int64_t kDeadRowsPerTransfer = 16;

int64_t to_ticks(double cycles) { return std::llround(cycles * static_cast<double>(kTicks)); }

}  // namespace

LbdfTimeline::LbdfTimeline(const CostParams& params, const DramTime& dram_time)
    : dram_time_(dram_time),
      latency_(to_ticks(dram_time.latency_cycles())),
      write_latency_(to_ticks(dram_time.latency_cycles(true))),
      setup_(to_ticks(dram_time.setup_cycles())),
      refresh_period_(to_ticks(dram_time.refresh_period())),
      refresh_(to_ticks(dram_time.refresh_cycles())),
      turn_bursts_(std::max(1.0, kTurnBytes / static_cast<double>(params.machine.dram.burst_bytes()))) {}

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
  waiting_.assign(processes_.size(), {});
}

int64_t LbdfTimeline::run(const GroupView& view, const LbdfStageTimes& times) {
  build(view, times);
  weights_here_ = 0;
  array_ = vector_ = {};
  array_.start = times.array_start_cycles() * kTicks;
  bus_queue_.clear();
  bus_busy_ = bus_writes_ = false;
  turns_ = 0;
  bus_end_ = 0;
  apart_ = dram_time_.apart_part(times.moved_bytes());
  conflicts_ = 0;
  sequence_ = now_ = last_ = 0;
  for (const int stage : stages_) {
    Process& p = processes_[static_cast<size_t>(stage)];
    if (!p.stage->pools) release(p, 0);
  }
  for (size_t i = 0; i < processes_.size(); ++i) wake(static_cast<int>(i));
  while (!events_.empty()) {
    const Event event = events_.top();
    events_.pop();
    now_ = event.time;
    handle(event);
  }
  return (last_ + kTicks - 1) / kTicks;
}

void LbdfTimeline::handle(const Event& event) {
  switch (event.wake) {
    case Wake::unit_done:
      finish_step(event.index);
      break;
    case Wake::transfer_ready:
      bus_queue_.push_back(waiting_[static_cast<size_t>(event.index)]);
      if (!bus_busy_) serve_bus();
      break;
    case Wake::turn_done:
      bus_busy_ = false;
      if (on_bus_.bursts > 0) {
        bus_queue_.push_back(on_bus_);
      } else {
        post(now_ + (on_bus_.writes ? write_latency_ : latency_) + on_bus_.opening, Wake::transfer_done,
             on_bus_.process);
      }
      serve_bus();
      break;
    case Wake::transfer_done:
      finish_transfer(event.index);
      break;
  }
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
  begin_transfer(index, times_->weights()[static_cast<size_t>(p.row)].bursts, false);
}

void LbdfTimeline::try_load(int index) {
  Process& p = processes_[static_cast<size_t>(index)];
  const Ring& ring = rings_[static_cast<size_t>(p.ring)];
  if (!ring.has_slot()) return;
  const int64_t dead = std::min(ring.released, p.rows) - ring.made;
  p.moving = std::clamp<int64_t>(dead, 1, kDeadRowsPerTransfer);
  begin_transfer(index, ring.times->row_bursts * static_cast<double>(p.moving), false);
}

void LbdfTimeline::try_store(int index) {
  const Process& p = processes_[static_cast<size_t>(index)];
  const Ring& ring = rings_[static_cast<size_t>(p.inputs.front().ring)];
  if (ring.made > p.row) begin_transfer(index, ring.times->row_bursts, true);
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
  Unit& unit = unit_of(step);
  unit.queue.emplace(now_, index);
  if (!unit.busy) serve(unit);
}

void LbdfTimeline::serve(Unit& unit) {
  if (unit.queue.empty()) return;
  const int index = unit.queue.top().second;
  unit.queue.pop();
  const Process& p = processes_[static_cast<size_t>(index)];
  const int64_t cycles = p.stage->steps[p.step].cycles;
  const Time start = unit.free_since == now_ ? 0 : unit.start;
  unit.busy = true;
  post(now_ + start + cycles * kTicks, Wake::unit_done, index);
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
      if (!unit.busy) serve(unit);
      return;
    }
  }
  if (++p.step < p.stage->steps.size()) {
    request_step(index);
  } else {
    finish_row(index);
  }
  if (!unit.busy) serve(unit);
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

void LbdfTimeline::begin_transfer(int index, double bursts, bool writes) {
  processes_[static_cast<size_t>(index)].busy = true;
  waiting_[static_cast<size_t>(index)] = {index, bursts, writes};
  post(now_ + setup_, Wake::transfer_ready, index);
}

/// Streams that had a turn since this one's last may have closed its rows: each lies in the same bank with
/// the probability that a place anywhere does, but little data may share its rows. Returns the part of rows
/// that are expected to be closed.
double LbdfTimeline::closed_rows(int index, double bursts) {
  Process& mine = processes_[static_cast<size_t>(index)];
  const bool first = mine.last_turn < 0;
  const auto others = std::count_if(processes_.begin(), processes_.end(), [&mine](const Process& other) {
    return &other != &mine && other.last_turn > mine.last_turn;
  });
  mine.last_turn = turns_++;
  const double part = apart_ * (first ? 1.0 : dram_time_.closed_part(others));
  conflicts_ += part * std::min(bursts, dram_time_.bank_groups());
  return part;
}

/// End of a turn that begins at `start`; a refresh at the end of every period comes first.
LbdfTimeline::Time LbdfTimeline::after_refreshes(Time start, Time length) const {
  const Time into = start % refresh_period_;
  if (start >= refresh_period_ && into < refresh_) start += refresh_ - into;
  const Time left = refresh_period_ - start % refresh_period_;
  return start + length + (length > left ? refresh_ : 0);
}

void LbdfTimeline::serve_bus() {
  if (bus_queue_.empty()) return;
  on_bus_ = bus_queue_.front();
  bus_queue_.pop_front();
  const double bursts = std::min(turn_bursts_, on_bus_.bursts);
  Time start = now_;
  if (on_bus_.writes != bus_writes_)
    start = std::max(start, bus_end_ + to_ticks(dram_time_.turnaround_cycles(on_bus_.writes)));
  bus_writes_ = on_bus_.writes;
  on_bus_.bursts -= bursts;
  on_bus_.opening = to_ticks(closed_rows(on_bus_.process, bursts) * dram_time_.opening_cycles());
  bus_busy_ = true;
  bus_end_ = after_refreshes(start, to_ticks(dram_time_.bus_cycles(bursts)));
  post(bus_end_, Wake::turn_done, 0);
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
