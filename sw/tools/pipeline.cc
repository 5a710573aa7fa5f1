#include "fusesim/tools/pipeline.h"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>

#include "fusesim/base/checked.h"
#include "fusesim/base/read_file.h"
#include "fusesim/config/load.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/graph/op_facts.h"
#include "fusesim/graph/opaque_ops.h"
#include "fusesim/page/page.h"
#include "fusesim/timeline/chrome_trace.h"
#include "fusesim/timeline/vcd.h"
#include "fusesim/timeline/window.h"
#include "fusesim/tools/earlier_results.h"
#include "fusesim/tools/interrupt.h"
#include "memory_estimate.h"
#include "schedule_by_hand.h"

namespace fusesim {
namespace {

constexpr const char* kCapacityKey = "buffer.capacity";

std::vector<std::string> overrides_of(const Options& options) {
  std::vector<std::string> overrides = options.overrides;
  if (options.buffer_bytes)
    overrides.push_back(std::string(kCapacityKey) + "=" + std::to_string(*options.buffer_bytes));
  return overrides;
}

void record_search(const Options& options, const FoundPlan& found, SearchRecord& record) {
  record.algorithm = to_string(options.algorithm);
  record.objective = to_string(options.goal);
  record.evaluated = found.best.evaluated;
  record.seconds = found.best.seconds;
  record.optimal = found.best.optimal;
  record.stopped = found.best.stopped;
  // Of other goals, and with a limit or a slack, the bound is not one of bytes alone.
  const bool bounds_bytes = options.goal == Goal::dram && !options.most_dram && !options.most_cycles;
  if (facts_of(options.algorithm).proves_bound && bounds_bytes)
    record.lower_bound_bytes = found.best.lower_bound;
  if (!is_heuristic(options.algorithm)) return;
  record.explainer = to_string(options.explainer);
  record.budget = options.budget;
  if (found.exact) record.exact_bytes = found.exact->network_bytes;
  if (!found.heuristic) return;
  if (found.exact) record.proposed_bytes = found.heuristic->best.network_bytes;
  for (const FrontPoint& point : found.heuristic->front)
    record.front.push_back({point.network_bytes, point.peak_buffer_bytes});
}

/// A timeline that is called .html is a page that shows it.
TraceFrame frame_of(const std::string& path, const Schedule& schedule) {
  if (std::filesystem::path(path).extension() != ".html") return {};
  const std::string title = fmt::format("{}, {}", schedule.model_name, to_string(schedule.scheme));
  TimelineFrame frame = timeline_frame(title, find_web_directory());
  return {std::move(frame.before), std::move(frame.after)};
}

/// What is written of a run while it runs.
class Timeline {
 public:
  Timeline(const TimelineOptions& options, const Planned& planned) {
    const Schedule& schedule = planned.schedule;
    const Config& config = planned.config;
    std::vector<MachineObserver*> sinks;
    if (!options.path.empty()) {
      const double ps = 1e9 / static_cast<double>(config.clock_khz) *
                        static_cast<double>(predicted_cost(planned.prediction).cycles);
      sinks.push_back(&chrome_.emplace(options.path, schedule, config, checked_round(ps, "picoseconds"),
                                       kTimelineBytes, frame_of(options.path, schedule)));
    }
    if (!options.vcd_path.empty()) sinks.push_back(&vcd_.emplace(options.vcd_path, schedule, config));
    window_.emplace(parse_window(options.window), schedule, config.clock_khz, sinks);
  }
  MachineObserver& observer() { return *window_; }
  void finish() {
    if (chrome_) chrome_->finish();
    if (vcd_) vcd_->finish();
  }

 private:
  std::optional<ChromeTrace> chrome_;
  std::optional<Vcd> vcd_;
  std::optional<WindowedObserver> window_;
};

/// Ops that fit in no way become opaque.
void skip_misfits(Scheme scheme, Planned& planned) {
  const Graph& graph = *planned.model.graph;
  PlanGroupModel model(graph, fusion_scheme(scheme), cost_params(planned.config),
                       planned.config.buffer.capacity_bytes);
  const std::vector<OpId> misfits = model.misfits();
  if (misfits.empty()) return;
  planned.skipped = skipped_ops(graph, misfits, scheme, planned.config);
  planned.model.graph = std::make_shared<const Graph>(with_opaque_ops(graph, misfits));
}

void search_schedule(const Options& options, Planned& planned, Progress& progress) {
  progress.update("search", 0, 0);
  if (options.skip_misfits) skip_misfits(*options.scheme, planned);
  {
    const Interruptible interruptible;
    planned.found =
        search_plan(*planned.model.graph, options, planned.config, progress, stop_when_interrupted());
  }
  const FoundPlan& found = planned.found;
  planned.schedule = make_schedule(*planned.model.graph, found.best.plan, *options.scheme, planned.config,
                                   found.objective ? *found.objective : least_traffic());
  planned.schedule.graph = planned.model.graph;
  planned.schedule.model_name = planned.model.name;
  planned.schedule.model_sha256 = planned.model.sha256;
  record_search(options, planned.found, planned.search);
}

std::string described(const Datatypes& d) {
  const auto bits = [](int64_t bytes) { return std::to_string(8 * bytes); };
  return bits(d.activation_bytes) + "/" + bits(d.weight_bytes) + "/" + bits(d.bias_bytes) + "/" +
         bits(d.partial_sum_bytes) + " bits (activation/weight/bias/partial sum)" +
         (d.from_file ? ", those of the file first" : "");
}

/// Ops that the schedule runs as opaque transfers, and the network does not.
void adopt_skipped_ops(Planned& planned) {
  std::vector<OpId> skipped;
  for (const GroupSchedule& group : planned.schedule.groups) {
    if (group.mode == GroupMode::opaque && !is_opaque(planned.model.graph->op(group.ops.front())))
      skipped.push_back(group.ops.front());
  }
  planned.skipped = skipped_ops(*planned.model.graph, skipped, planned.schedule.scheme, planned.config);
  planned.model.graph = planned.schedule.graph;
}

/// A stored schedule fixes the buffer size. Who wrote another one, in whatever way, is told; who wrote none
/// gets the schedule's.
void adopt_buffer(const Options& options, Planned& planned) {
  const int64_t stored = planned.schedule.buffer_bytes;
  const int64_t configured = planned.config.buffer.capacity_bytes;
  if (stored == configured) return;
  if (load_with_keys(options.config_path, overrides_of(options)).written.count(kCapacityKey) > 0) {
    throw Error(options.schedule_path + ": buffer_bytes: expected " + std::to_string(configured) +
                ", the buffer.capacity that was asked for, got " + std::to_string(stored));
  }
  Options with_stored = options;
  with_stored.buffer_bytes = stored;
  planned.config = resolve_config(with_stored);
}

/// A stored schedule has its number of images.
void adopt_batch(const Options& options, Planned& planned) {
  const int64_t stored = planned.schedule.graph->batch;
  if (stored == planned.model.graph->batch) return;
  if (options.batch) {
    throw Error(options.schedule_path + ": batch: expected " + std::to_string(*options.batch) + ", got " +
                std::to_string(stored));
  }
  Graph graph = *planned.model.graph;
  graph.batch = stored;
  graph.finish();
  planned.model.graph = std::make_shared<const Graph>(std::move(graph));
}

void load_schedule(const Options& options, Planned& planned) {
  const std::string& path = options.schedule_path;
  const HandWritten written =
      hand_written_from_json(read_file(path), path, planned.model.graph, planned.model.sha256);
  planned.schedule = written.stored.schedule;
  adopt_batch(options, planned);
  planned.search.algorithm = "schedule";
  if (options.scheme && *options.scheme != planned.schedule.scheme) {
    throw Error(path + ": scheme: expected " + to_string(*options.scheme) + ", got " +
                to_string(planned.schedule.scheme));
  }
  if (!(planned.schedule.datatypes == planned.config.datatypes)) {
    throw Error(path + ": datatypes: expected " + described(planned.config.datatypes) + ", got " +
                described(planned.schedule.datatypes));
  }
  adopt_buffer(options, planned);
  finish_by_hand(options, written, planned.config, planned.schedule);
  adopt_skipped_ops(planned);
}

void check_fit(const Options& options, const Planned& planned) {
  for (size_t i = 0; i < planned.prediction.groups.size(); ++i) {
    const int64_t needs = planned.prediction.groups[i].buffer_bytes;
    if (needs < planned.schedule.buffer_bytes) continue;
    throw Error(options.schedule_path + ": group " + std::to_string(i) + ": needs " + std::to_string(needs) +
                " bytes, which is not less than the buffer's " +
                std::to_string(planned.schedule.buffer_bytes));
  }
}

Prediction predict_schedule(const Options& options, const Planned& planned) {
  try {
    return predict(planned.schedule, planned.config);
  } catch (const Error& error) {
    if (options.schedule_path.empty()) throw;
    throw Error(options.schedule_path + ": " + error.what());
  }
}

void keep_other_results(const Options& options, const Planned& planned, Scheme scheme) {
  if (options.out.empty() || options.overwrite) return;
  refuse_other_results(options.out, {planned.model.name, planned.model.sha256, planned.config, scheme});
}

}  // namespace

Config resolve_config(const Options& options) {
  return load_config(options.config_path, overrides_of(options));
}

ImportedModel import_model(const Options& options, const Config& config, Progress& progress) {
  progress.update("import", 0, 0);
  ImportOptions import;
  import.fold_epilogues = config.graph.fold_epilogues;
  import.input_shapes = options.input_shapes;
  import.batch = options.batch;
  import.limits = options.import_limits;
  import.with_parameters = options.functional.on;
  ImportedModel model = import_onnx(resolve_model(options.model, data_directory()), import);
  check_memory(*model.graph, config, 1);
  for (const std::string& note : model.notes) std::cerr << "note: " << note << '\n';
  return model;
}

Planned make_plan(const Options& options, Progress& progress) {
  Planned planned;
  planned.config = resolve_config(options);
  planned.search.seed = options.seed;
  planned.model = import_model(options, planned.config, progress);
  if (options.schedule_path.empty()) {
    keep_other_results(options, planned, *options.scheme);
    search_schedule(options, planned, progress);
  } else {
    load_schedule(options, planned);
    keep_other_results(options, planned, planned.schedule.scheme);
  }
  planned.prediction = predict_schedule(options, planned);
  check_fit(options, planned);
  if (planned.search.stopped) {
    progress.clear();
    std::cerr << "note: the search was stopped: the plan is the best one by then, not certified\n";
  }
  for (const SkippedOp& s : planned.skipped)
    std::cerr << "note: op '" << s.name << "' fits in no way and is an opaque transfer\n";
  return planned;
}

std::vector<AlternativePlan> alternatives(const Options& options, const Planned& planned,
                                          Progress& progress) {
  if (!options.alternatives || interrupted()) return {};
  progress.update("alternatives", 0, 0);
  const Interruptible interruptible;
  std::vector<AlternativePlan> plans = alternative_plans(
      *planned.model.graph, planned.schedule.scheme, planned.config, options.goal, stop_when_interrupted());
  if (interrupted()) return {};
  // A limit or a slack makes another problem of it.
  const bool same_problem = !options.most_dram && !options.most_cycles &&
                            (options.goal != Goal::dram || planned.config.search.traffic_slack == 0.0);
  const bool proven = planned.search.optimal && same_problem;
  take_better(plans, predicted_cost(planned.prediction), proven ? planned.search.objective : "");
  return plans;
}

RunResult run_machine(const Planned& planned, Progress& progress, const ValueNetwork* values,
                      DramTrace* trace, const TimelineOptions& timeline) {
  SimOptions options;
  std::optional<Timeline> written;
  if (!timeline.path.empty() || !timeline.vcd_path.empty()) {
    written.emplace(timeline, planned);
    options.observer = &written->observer();
  }
  if (values != nullptr) options.values = {values};
  options.progress_context = &progress;
  options.progress = [](void* context, size_t, size_t group, size_t groups) {
    static_cast<Progress*>(context)->update("simulate", static_cast<int64_t>(group + 1),
                                            static_cast<int64_t>(groups));
  };
  if (trace != nullptr) {
    options.dram_request_context = trace;
    options.dram_request = [](void* context, const DramRequest& request) {
      static_cast<DramTrace*>(context)->add(request);
    };
  }
  check_memory(*planned.schedule.graph, planned.config, planned.schedule.graph->batch);
  progress.update("simulate", 0, static_cast<int64_t>(planned.schedule.groups.size()));
  RunResult run = std::move(simulate(planned.config, {planned.schedule}, options).runs.front());
  if (written) written->finish();
  return run;
}

}  // namespace fusesim
