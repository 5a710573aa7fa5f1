#include "pricer.h"

#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

Options options_of(const std::vector<std::string>& arguments) {
  std::vector<const char*> words = {"run_search"};
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  ParsedOptions parsed = parse_options(static_cast<int>(words.size()), words.data(), Program::run_search);
  if (parsed.text) throw Error("expected the options of a search, got --help or --version");
  return std::move(parsed.options);
}

Config config_of(const Options& options) {
  std::vector<std::string> overrides = options.overrides;
  if (options.buffer_bytes) overrides.push_back("buffer.capacity=" + std::to_string(*options.buffer_bytes));
  return load_config(options.config_path, overrides);
}

const char* spelled(bool value) { return value ? "true" : "false"; }

}  // namespace

std::string group_fault(const Graph& graph, const Group& group) {
  const auto ops = static_cast<OpId>(graph.ops.size());
  for (const OpId op : group) {
    if (op < 0 || op >= ops)
      return "expected an op's index below " + std::to_string(ops) + ", got " + std::to_string(op);
  }
  return illegal_reason(graph, group);
}

Pricer::Pricer(std::shared_ptr<const Network> network, const std::vector<std::string>& arguments)
    : network_(std::move(network)),
      options_(options_of(arguments)),
      config_(config_of(options_)),
      model_(graph(), fusion_scheme(scheme()), cost_params(config_), config_.buffer.capacity_bytes) {
  if (config_.graph.fold_epilogues == network_->fold_epilogues) return;
  throw Error(std::string("graph.fold_epilogues: expected ") + spelled(network_->fold_epilogues) +
              ", as the network was read, got " + spelled(config_.graph.fold_epilogues));
}

std::shared_ptr<const Objective> Pricer::objective(const std::string& name) const {
  std::string names;
  for (const Objective* sum : objectives()) {
    if (name == sum->name()) {
      if (sum == &dram_objective() && config_.search.traffic_slack > 0)
        return dram_objective_with_slack(config_.search.traffic_slack);
      return {sum, [](const Objective*) {}};  // lives as long as the program
    }
    names += (names.empty() ? "" : ", ") + std::string(sum->name());
  }
  throw Error("objective: expected one that adds up over groups (" + names + "), got '" + name + "'");
}

void Pricer::require_legal(const Group& group) const {
  const std::string reason = group_fault(graph(), group);
  if (!reason.empty()) throw Error("group: " + reason);
}

std::vector<GroupPrice> Pricer::price(const std::vector<Group>& groups, const Objective& objective) {
  for (const Group& group : groups) require_legal(group);
  std::vector<GroupPrice> prices(groups.size());
  Schedule schedule;
  schedule.graph = network_->model.graph;
  schedule.datatypes = config_.datatypes;
  schedule.buffer_bytes = config_.buffer.capacity_bytes;
  schedule.scheme = scheme();
  const std::lock_guard<std::mutex> lock(mutex_);
  for (size_t i = 0; i < groups.size(); ++i) {
    prices[i].ops = groups[i];
    try {
      schedule.groups.push_back(model_.schedule(groups[i], objective));
    } catch (const Error& error) {
      prices[i].why_not = error.what();
    }
  }
  Prediction prediction = predict(schedule, config_);
  size_t next = 0;
  for (GroupPrice& price : prices) {
    if (!price.why_not.empty()) {
      price.prediction.f_beta_bytes = model_.fused().f_beta_bytes(price.ops);
      continue;
    }
    const GroupSchedule& group = schedule.groups[next];
    price.mode = group.mode;
    price.scheme = running_scheme(group.mode, fusion_scheme(scheme())).id();
    price.strips = group.strips;
    price.prediction = std::move(prediction.groups[next++]);
  }
  return prices;
}

BufferBreakdown Pricer::breakdown(const Group& group) {
  require_legal(group);
  const std::lock_guard<std::mutex> lock(mutex_);
  return model_.fused().breakdown(group);
}

std::string Pricer::no_plan_reason(const std::vector<Group>& groups) const {
  for (const Group& group : groups) require_legal(group);
  return illegal_reason(graph(), groups);
}

std::string Pricer::schedule_json(const std::vector<Group>& groups, const Objective& objective) const {
  for (const Group& group : groups) require_legal(group);
  Schedule schedule = make_schedule(graph(), groups, scheme(), config_, objective);
  schedule.graph = network_->model.graph;
  schedule.model_name = network_->model.name;
  schedule.model_sha256 = network_->model.sha256;
  const Prediction prediction = predict(schedule, config_);
  return to_json(schedule, &prediction);
}

FoundPlan Pricer::search(Progress& progress, const StopFn& abandon) const {
  // What it has found by then is of no use either.
  return search_plan(graph(), options_, config_, progress, abandon, abandon);
}

bool Pricer::bounds_bytes() const {
  return options_.goal == Goal::dram && !options_.most_dram && !options_.most_cycles;
}

}  // namespace fusesim
