#include "sequencer.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "accounts.h"
#include "blocks/transfer_check.h"
#include "dram/dram_image.h"
#include "energy.h"
#include "engine_registry.h"
#include "fusesim/base/checked.h"
#include "ops/element_bytes.h"
#include "strips.h"

namespace fusesim::hw {
namespace {

/// Readings of the meters that run on.
struct Meters {
  int64_t cycle, pe, vector, compute, port_bound;
  sc_core::sc_time dma;
};

Meters read(const Machine& m) {
  return {m.clock.now(),
          m.pe.busy_cycles(),
          m.vector.busy_cycles(),
          m.compute.busy_cycles(),
          m.pe.port_bound_cycles() + m.vector.port_bound_cycles(),
          m.dma.busy_time()};
}

CycleCounts between(const Machine& machine, const Meters& start, const Meters& end) {
  CycleCounts cycles;
  cycles.total = end.cycle - start.cycle;
  cycles.pe_busy = end.pe - start.pe;
  cycles.vector_busy = end.vector - start.vector;
  cycles.dram_busy =
      std::min(cycles.total, machine.clock.cycles(static_cast<int64_t>((end.dma - start.dma).value())));
  cycles.stall = cycles.total - (end.compute - start.compute);
  cycles.port_bound = end.port_bound - start.port_bound;
  return cycles;
}

/// Cycles in which the DRAM's bus stood still, since they were taken last.
std::vector<CycleRange> stops_of(const Machine& machine) {
  std::vector<CycleRange> stops;
  for (const auto& [from, to] : machine.dram.take_stops())
    stops.push_back({machine.clock.cycle_of(from), machine.clock.cycle_of(to)});
  return stops;
}

void add_totals(const Config& config, RunResult& run) {
  int64_t macs = 0;
  int64_t payload_bytes = 0;
  for (const GroupResult& group : run.groups) {
    run.dram += group.dram;
    run.cycles += group.cycles;
    run.energy += group.energy;
    run.causes += group.causes;
    macs += group.macs;
    payload_bytes += group.payload.total_bytes();
  }
  if (run.cycles.total == 0) return;
  const auto cycles = static_cast<double>(run.cycles.total);
  run.pe_utilization =
      static_cast<double>(macs) / (cycles * static_cast<double>(config.pe.rows * config.pe.columns));
  run.bandwidth_bytes_per_s =
      static_cast<double>(payload_bytes) * static_cast<double>(config.clock_khz) * 1e3 / cycles;
}

/// What holds for all images: of the first one, or of one that differs.
template <class Get>
auto of_images(DramImage& image, int64_t batch, const Get& get) {
  image.select(0);
  auto first = get();
  for (int64_t i = 1; i < batch; ++i) {
    image.select(i);
    auto other = get();
    if (other != first) return other;
  }
  return first;
}

std::vector<StoredValues> stored_values(const Schedule& schedule, DramImage& image) {
  std::vector<StoredValues> stored;
  for (const TensorId t : stored_tensors(schedule))
    stored.push_back({t, of_images(image, schedule.graph->batch, [&] { return image.values(t); })});
  return stored;
}

/// A strip of a group while it runs.
struct StripInProgress {
  StripInProgress(const Strips& strips, int64_t strip, const EngineContext& whole, const GroupSchedule& group)
      : graph(strips.graph_of(strip)),
        port(whole.memory, whole.graph, strips, strip),
        kept(port),
        context{graph,          whole.datatypes, whole.config, port, whole.scratchpad, whole.pe, whole.vector,
                whole.counters, whole.fault,     whole.ahead,  false} {
    context.guarded = whole.guarded;
    context.activity = whole.activity;
    context.tracer = whole.tracer;
    if (whole.values != nullptr) {
      values.emplace(*whole.values);
      hold_columns(strips, strip, group);
      context.values = &*values;
    }
    engine = make_engine(group.mode, context);
  }

  void hold_columns(const Strips& strips, int64_t strip, const GroupSchedule& group) {
    for (const TensorId t : boundary(values->graph(), group.ops).external_inputs)
      values->hold(t, strips.columns(t, strip));
    for (const OpId o : group.ops) {
      const TensorId t = values->op(o).output();
      values->hold(t, strips.columns(t, strip));
    }
  }

  /// Weights that the strip before has left on chip.
  void keep_weights(const GroupSchedule& group) {
    kept.keep(engine->first_weights(group));
    context.ahead = &kept;
    context.weights_here = true;
    engine = make_engine(group.mode, context);
  }

  Graph graph;
  StripPort port;
  WeightsAhead kept;
  std::optional<ValueUnit> values;
  EngineContext context;
  std::unique_ptr<Engine> engine;
};

/// A group on the whole maps of one image of several.
struct ImageInProgress {
  ImageInProgress(const EngineContext& whole, const GroupSchedule& group)
      : kept(whole.memory), context(whole) {
    context.ahead = nullptr;
    engine = make_engine(group.mode, context);
  }

  /// Weights that the image before has left on chip.
  void keep_weights(const GroupSchedule& group) {
    kept.keep(engine->first_weights(group));
    context.ahead = &kept;
    context.weights_here = true;
    engine = make_engine(group.mode, context);
  }

  WeightsAhead kept;
  EngineContext context;
  std::unique_ptr<Engine> engine;
};

}  // namespace

/// What belongs to one schedule.
struct Sequencer::RunState {
  RunState(const Machine& machine, const Schedule& schedule, const SimOptions& options,
           const ValueNetwork* network)
      : graph(*schedule.graph),
        image(graph, schedule.datatypes, machine.config.dram, network),
        traffic(graph),
        columns(graph),
        ahead(machine.dma),
        context{graph,      schedule.datatypes, machine.config, machine.dma,   machine.scratchpad,
                machine.pe, machine.vector,     counters,       options.fault, &ahead} {
    context.guarded = options.guarded;
    context.activity = &machine.compute;
    context.tracer = machine.tracer;
    if (network == nullptr) return;
    values.emplace(graph, *network);
    context.values = &*values;
  }

  /// Made when the first group of the mode comes; an engine outlives what it started.
  Engine& engine(GroupMode mode) {
    std::unique_ptr<Engine>& engine = engines[mode];
    if (engine == nullptr) engine = make_engine(mode, context);
    return *engine;
  }

  const Graph& graph;
  DramImage image;
  TrafficCounter traffic;
  ColumnTrace columns;
  WorkCounts counters;
  WeightsAhead ahead;
  std::optional<ValueUnit> values;
  EngineContext context;
  std::map<GroupMode, std::unique_ptr<Engine>> engines;
  std::optional<Strips> strips;            // of the group
  std::unique_ptr<StripInProgress> strip;  // that runs
  std::unique_ptr<ImageInProgress> image_in_progress;
};

Sequencer::Sequencer(const sc_core::sc_module_name& name, const Machine& machine,
                     const std::vector<Schedule>& schedules, const SimOptions& options, Start start)
    : sc_module(name), machine_(machine), schedules_(schedules), options_(options) {
  if (start == Start::when_told) return;
  SC_THREAD(run);
}

Sequencer::~Sequencer() = default;

void Sequencer::run() {
  try {
    for (size_t i = 0; i < schedules_.size(); ++i) {
      MachineClock::align();
      results_.runs.push_back(run_schedule(i));
    }
    finished_ = true;
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (const sc_core::sc_report& report) {
    failure_ = std::make_exception_ptr(Error(std::string("SystemC: ") + report.what()));
  } catch (...) {
    failure_ = std::current_exception();
  }
  sc_core::sc_stop();
}

RunResult Sequencer::run_schedule(size_t index) {
  const Schedule& schedule = schedules_[index];
  machine_.clock.restart();
  machine_.compute.reset();
  machine_.pe.reset();
  machine_.vector.reset();
  const ValueNetwork* network = options_.values.empty() ? nullptr : options_.values[index];
  state_ = std::make_unique<RunState>(machine_, schedule, options_, network);
  machine_.dma.reset_state(state_->image);
  machine_.dram.reset_state(&state_->traffic);
  if (machine_.tracer != nullptr) machine_.tracer->begin_run(*schedule.graph);

  RunResult run;
  for (size_t g = 0; g < schedule.groups.size(); ++g) {
    try {
      const bool last = g + 1 == schedule.groups.size();
      if (machine_.tracer != nullptr) machine_.tracer->begin_group(g);
      run.groups.push_back(run_group(*state_, schedule.groups[g], last ? nullptr : &schedule.groups[g + 1]));
    } catch (const SimulationError& e) {
      throw SimulationError(e.guard(), "group " + std::to_string(g) + ": " + e.what());
    } catch (const RangeError& e) {
      const Op& first = schedule.graph->op(schedule.groups[g].ops.front());
      throw Error("group " + std::to_string(g) + " from op '" + first.name + "': " + e.what());
    }
    if (machine_.tracer != nullptr) machine_.tracer->end_group(g);
    if (options_.progress != nullptr)
      options_.progress(options_.progress_context, index, g, schedule.groups.size());
  }
  DramImage& image = state_->image;
  const int64_t batch = state_->graph.batch;
  for (const TensorId t : state_->graph.outputs)
    run.outputs.push_back(
        {t, of_images(image, batch, [&] { return image.hashes(t); }), state_->columns.hashes(t)});
  if (network != nullptr) run.values = stored_values(schedule, state_->image);
  add_totals(machine_.config, run);
  return run;
}

/// Weights of the next group come as far as the running one leaves room, which it has asked for by the next
/// delta.
void Sequencer::fetch_ahead(RunState& state, const GroupSchedule& next) {
  std::vector<Segment> pieces;
  try {
    pieces = state.engine(next.mode).first_weights(next);
  } catch (const SimulationError&) {
    return;  // its turn will come, and then it is refused
  }
  if (pieces.empty()) return;
  sc_core::sc_spawn([this, &state, pieces] {
    sc_core::wait(sc_core::SC_ZERO_TIME);
    machine_.scratchpad.hold_ahead(state.ahead.fetch(pieces, machine_.scratchpad.free_bytes()));
  });
}

/// Images one after another, and of each its strips; what one allocates is free again for the next, but for
/// weights that stay. Returns the most that one did.
Sequencer::Marks Sequencer::run_images(RunState& state, const GroupSchedule& group) {
  Marks most;
  for (int64_t image = 0; image < state.graph.batch; ++image) {
    state.image.select(image);
    for (int64_t j = 0; j < group.strips; ++j) {
      const bool first = image == 0 && j == 0;
      if (!first) machine_.scratchpad.reset();
      if (image == 0 && state.context.guarded) trace_columns(state, group, j);
      const bool kept = !first && weights_stay(group);
      if (group.strips > 1) {
        run_strip(state, group, j, kept);
      } else {
        run_whole(state, group, kept);
      }
      most.allocated_bytes = std::max(most.allocated_bytes, machine_.scratchpad.allocated_bytes());
      most.high_water_bytes = std::max(most.high_water_bytes, machine_.scratchpad.high_water_bytes());
    }
    check_stored(state.graph, group, state.image);
  }
  return most;
}

/// Images are equal: columns of one are those of all.
void Sequencer::trace_columns(RunState& state, const GroupSchedule& group, int64_t strip) {
  if (group.mode == GroupMode::opaque) {
    state.columns.run_opaque(group.ops.front());
  } else {
    state.columns.run(group, *state.strips, strip);
  }
}

void Sequencer::run_strip(RunState& state, const GroupSchedule& group, int64_t strip, bool weights_kept) {
  state.strip = std::make_unique<StripInProgress>(*state.strips, strip, state.context, group);
  if (weights_kept) state.strip->keep_weights(group);
  state.strip->engine->run_group(group);
}

/// A group on whole maps.
void Sequencer::run_whole(RunState& state, const GroupSchedule& group, bool weights_kept) {
  if (state.graph.batch == 1) return state.engine(group.mode).run_group(group);
  state.image_in_progress = std::make_unique<ImageInProgress>(state.context, group);
  if (weights_kept) state.image_in_progress->keep_weights(group);
  state.image_in_progress->engine->run_group(group);
}

GroupResult Sequencer::run_group(RunState& state, const GroupSchedule& group, const GroupSchedule* next) {
  machine_.scratchpad.reset();
  machine_.dma.hurry();
  state.counters = {};
  if (group.strips < 1 || (group.strips > 1 && group.mode == GroupMode::opaque))
    throw SimulationError(
        SimulationError::Guard::bad_schedule,
        "expected strips of a group that is not opaque, got " + std::to_string(group.strips));
  const bool once = group.strips == 1 && state.graph.batch == 1;
  const bool ahead = machine_.config.prefetch_next_group && next != nullptr && once;
  state.traffic.begin_group(group.ops, ahead ? next->ops : Group{});
  machine_.compute.log().clear();
  const Meters start = read(machine_);
  const Engine& engine = state.engine(group.mode);
  if (ahead) fetch_ahead(state, *next);
  if (group.mode != GroupMode::opaque) state.strips.emplace(state.graph, group, state.context.fault);
  const Marks marks = run_images(state, group);

  GroupResult result;
  state.traffic.report(result);
  if (engine.fetches_once()) {
    const auto channel_bytes = [&](TensorId t) {
      const Tensor& tensor = state.graph.tensor(t);
      if (group.strips == 1) return channel_row_bytes(tensor, tensor.shape.w, state.context.datatypes);
      int64_t bytes = 0;
      for (int64_t j = 0; j < group.strips; ++j)
        bytes += channel_row_bytes(tensor, state.strips->columns(t, j).size(), state.context.datatypes);
      return bytes;
    };
    check_fetched_once(state.graph, state.context.datatypes, group, result, channel_bytes);
  }
  result.dram = machine_.dram.take_counts();
  const Meters end = read(machine_);
  result.cycles = between(machine_, start, end);
  account(machine_.compute.log(), stops_of(machine_), {start.cycle, end.cycle}, state.counters, result);
  result.allocated_bytes = marks.allocated_bytes;
  result.peak_buffer_bytes = marks.high_water_bytes;
  result.macs = state.counters.macs;
  result.vector_ops = state.counters.vector_ops;
  result.buffer_read_bytes = state.counters.buffer_read_bytes;
  result.buffer_write_bytes = state.counters.buffer_write_bytes;
  result.energy = energy_of(machine_.config, result);
  return result;
}

SimResults Sequencer::take_results() {
  if (failure_) std::rethrow_exception(failure_);
  if (!finished_) {
    throw SimulationError(SimulationError::Guard::deadlock,
                          "nothing can move: the machine waits for an event that never comes");
  }
  state_.reset();
  return std::move(results_);
}

}  // namespace fusesim::hw
