#include "fusesim/tools/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "fusesim/graph/error.h"

namespace fusesim {
namespace {

constexpr const char* kExamples =
    "examples:\n"
    "  run_sim --model resnet152 --fusion brr\n"
    "  run_sim --model mobilenet_v2 --fusion lbdf --buffer 512KiB --out results\n"
    "  run_sim --model net.onnx --fusion brr --input-shape input=1,3,224,224 --format json\n"
    "  run_sim --model resnet18 --fusion lbdf --set pe.rows=16 --set dram=lpddr4_3200\n"
    "  run_sim --model resnet18 --schedule results/schedule.json\n"
    "  run_sim --model efficientnet_b3 --fusion lbdf --search nsga2 --budget 5000 --seed 1\n"
    "\n"
    "exit code: 0 every group confirmed; 1 prediction and machine disagree, or the machine stopped;\n"
    "           2 bad input (reason on standard error, nothing written); 3 internal error\n";

constexpr const char* kSearchExamples =
    "examples:\n"
    "  run_search --model efficientnet_b3 --fusion lbdf --buffer 256KiB --search nsga2 --budget 5000\n"
    "  run_search --model mobilenet_v2 --fusion lbdf --search local --explainer all_edges --curve curve.csv\n"
    "  run_search --model net.onnx --fusion brr --search auto --out results\n"
    "\n"
    "exit code: 0 a plan was found; 2 bad input (reason on standard error, nothing written); 3 internal "
    "error\n";

constexpr const char* kAbout =
    "Fuses the operators of a CNN for an accelerator, runs the schedule on a SystemC model of it, and "
    "checks that\n"
    "the DRAM traffic predicted for every fusion group is the traffic that the machine moved.";
constexpr const char* kSearchAbout =
    "Searches which operators of a CNN to fuse for an accelerator, and says what the plan moves and how far "
    "the search came.";

constexpr int64_t kMostPlans = 1'000'000'000;
constexpr int64_t kMostThreads = 256;
constexpr int64_t kMostEdges = 1'000'000;
constexpr int64_t kMostQueries = 1'000'000'000'000;
constexpr double kMostSeconds = 86'400'000.0;

/// The options as typed.
struct RawOptions {
  std::string model, fusion, buffer, config, search, schedule, out, format, seed;
  std::string explainer, edges, budget, threads, curve, max_queries, max_cpu_seconds;
  std::vector<std::string> overrides, input_shapes;
  bool print_config = false, list_models = false;
};

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// The value that `text` names; `expected` lists the names in the message.
template <typename T>
T choose(const std::string& option, const std::string& text,
         const std::vector<std::pair<std::string, T>>& values, const std::string& expected) {
  for (const auto& [name, value] : values) {
    if (name == text) return value;
  }
  throw Error(option + ": expected " + expected + ", got '" + one_line(text) + "'");
}

template <typename T>
bool parse_whole(const std::string& text, T& value) {
  const bool octal_looking = text.size() > 1 && text[0] == '0';
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return !octal_looking && error == std::errc() && stop == end;
}

/// "name=1,3,224,224"
std::pair<std::string, std::vector<int64_t>> parse_shape(const std::string& text) {
  const Error malformed("--input-shape: expected name=N,C,H,W with positive numbers, got '" + one_line(text) +
                        "'");
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size() || text.back() == ',')
    throw malformed;
  std::vector<int64_t> shape;
  std::istringstream list(text.substr(equals + 1));
  for (std::string field; std::getline(list, field, ',');) {
    int64_t value = 0;
    if (!parse_whole(field, value) || value <= 0) throw malformed;
    shape.push_back(value);
  }
  return {text.substr(0, equals), shape};
}

void declare_search(CLI::App& app, RawOptions& raw, Program program) {
  auto* search = app.add_option("--search", raw.search,
                                "how the plan is found: exact (least traffic), contiguous (best cuts of the "
                                "topological order), unfused (every op alone), random, local, nsga2, or auto "
                                "(local proposes, exact certifies); default exact")
                     ->type_name("NAME");
  app.add_option("--explainer", raw.explainer,
                 "where random, local, nsga2 and auto cut groups that do not fit: none (at random, default), "
                 "random_edges, all_edges (the best of every cut)")
      ->type_name("NAME");
  app.add_option("--edges", raw.edges, "edges that random_edges draws per group; default 2")->type_name("K");
  app.add_option("--budget", raw.budget, "plans that random, local, nsga2 and auto propose; default 2000")
      ->type_name("N");
  app.add_option("--seed", raw.seed, "seed of random, local, nsga2 and auto; default 0")->type_name("N");
  app.add_option("--threads", raw.threads,
                 "threads of random, local, nsga2 and auto; changes no result; default: processors")
      ->type_name("N");
  if (program == Program::run_search) {
    app.add_option("--curve", raw.curve, "write the best plan so far against proposed plans here, as CSV")
        ->type_name("FILE");
    app.add_option("--max-queries", raw.max_queries,
                   "end such a search once it has asked for the buffer need and traffic of so many groups")
        ->type_name("N");
    app.add_option("--max-cpu-seconds", raw.max_cpu_seconds,
                   "end such a search after so much CPU time; what it finds then depends on the machine")
        ->type_name("S");
    return;
  }
  app.add_option("--schedule", raw.schedule, "run this stored or edited schedule instead of searching")
      ->type_name("FILE")
      ->excludes(search);
}

void declare_output(CLI::App& app, RawOptions& raw, Program program) {
  const bool runs = program == Program::run_sim;
  app.add_option("--out", raw.out,
                 runs ? "write report.json, report.csv, schedule.json and config.yaml here"
                      : "write search.json, schedule.json and config.yaml here")
      ->type_name("DIR");
  app.add_option(
         "--format", raw.format,
         runs ? "what to print: table (default), json or csv" : "what to print: table (default) or json")
      ->type_name(runs ? "table|json|csv" : "table|json");
}

void declare(CLI::App& app, RawOptions& raw, Program program) {
  app.add_option("--model", raw.model, "zoo name (see --list-models) or ONNX file")->type_name("NAME|FILE");
  app.add_option("--fusion", raw.fusion,
                 "fusion scheme: lbdf (line buffers, depth first) or brr (tiles and slices)")
      ->type_name("lbdf|brr");
  app.add_option("--buffer", raw.buffer, "on-chip buffer, e.g. 256KiB; overrides buffer.capacity")
      ->type_name("SIZE");
  app.add_option("--config", raw.config, "accelerator file (default: built-in machine with DDR4-2400)")
      ->type_name("FILE");
  app.add_option("--set", raw.overrides, "override one key of the configuration; repeatable")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  declare_search(app, raw, program);
  app.add_option("--input-shape", raw.input_shapes,
                 "shape of a graph input with symbolic dimensions; repeatable")
      ->type_name("NAME=N,C,H,W")
      ->allow_extra_args(false);
  declare_output(app, raw, program);
  app.add_flag("--print-config", raw.print_config, "print the resolved configuration as YAML and stop");
  app.add_flag("--list-models", raw.list_models, "print the names of the models in the zoo and stop");
}

/// A whole number of at least `least`.
int64_t parse_count(const std::string& option, const std::string& text, int64_t least, int64_t most) {
  int64_t value = 0;
  if (parse_whole(text, value) && value >= least && value <= most) return value;
  throw Error(option + ": expected a whole number from " + std::to_string(least) + " to " +
              std::to_string(most) + ", got '" + one_line(text) + "'");
}

Algorithm parse_algorithm(const std::string& text) {
  return choose<Algorithm>("--search", text,
                           {{"exact", Algorithm::exact},
                            {"contiguous", Algorithm::contiguous},
                            {"unfused", Algorithm::unfused},
                            {"random", Algorithm::random},
                            {"local", Algorithm::local},
                            {"nsga2", Algorithm::nsga2},
                            {"auto", Algorithm::automatic}},
                           "exact, contiguous, unfused, random, local, nsga2 or auto");
}

ExplainerKind parse_explainer(const std::string& text) {
  return choose<ExplainerKind>("--explainer", text,
                               {{"none", ExplainerKind::none},
                                {"random_edges", ExplainerKind::random_edges},
                                {"all_edges", ExplainerKind::all_edges}},
                               "none, random_edges or all_edges");
}

void require_heuristic(const char* option, const Options& o) {
  if (is_heuristic(o.algorithm)) return;
  throw Error(std::string(option) + ": expected --search random, local, nsga2 or auto with it, got '" +
              to_string(o.algorithm) + "'");
}

void check_search(const CLI::App& app, const RawOptions& raw, Options& o) {
  const auto given = [&](const char* name) { return app.count(name) > 0; };
  if (given("--search")) o.algorithm = parse_algorithm(raw.search);
  if (given("--explainer")) o.explainer = parse_explainer(raw.explainer);
  if (given("--edges")) o.edges = parse_count("--edges", raw.edges, 1, kMostEdges);
  if (given("--budget")) o.budget = parse_count("--budget", raw.budget, 1, kMostPlans);
  if (given("--threads"))
    o.threads = static_cast<int>(parse_count("--threads", raw.threads, 1, kMostThreads));
  if (given("--seed") && !parse_whole(raw.seed, o.seed)) {
    throw Error("--seed: expected a whole number below 2^64, got '" + one_line(raw.seed) + "'");
  }
  for (const char* option : {"--explainer", "--edges", "--budget", "--threads"}) {
    if (given(option)) require_heuristic(option, o);
  }
  if (given("--edges") && o.explainer != ExplainerKind::random_edges)
    throw Error(std::string("--edges: expected --explainer random_edges with it, got '") +
                to_string(o.explainer) + "'");
}

/// A plain decimal number of at most a thousand days.
double parse_seconds(const std::string& option, const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error == std::errc() && stop == end && value > 0.0 && value <= kMostSeconds) return value;
  throw Error(option + ": expected a number of seconds above 0, got '" + one_line(text) + "'");
}

/// The options of run_search alone.
void check_run_search(const CLI::App& app, const RawOptions& raw, Options& o) {
  const auto given = [&](const char* name) { return app.count(name) > 0; };
  if (o.format == Format::csv) throw Error("--format: expected table or json, got 'csv'");
  for (const char* option : {"--curve", "--max-queries", "--max-cpu-seconds"}) {
    if (given(option)) require_heuristic(option, o);
  }
  if (given("--curve") && raw.curve.empty()) throw Error("--curve: expected a file, got ''");
  o.curve_path = raw.curve;
  if (given("--max-queries")) o.most_queries = parse_count("--max-queries", raw.max_queries, 1, kMostQueries);
  if (given("--max-cpu-seconds"))
    o.most_cpu_seconds = parse_seconds("--max-cpu-seconds", raw.max_cpu_seconds);
}

Options checked(const CLI::App& app, const RawOptions& raw, Program program) {
  const auto given = [&](const char* name) { return app.count(name) > 0; };
  const bool may_run_stored = program == Program::run_sim;
  Options o;
  o.config_path = raw.config;
  o.overrides = raw.overrides;
  if (given("--config") && raw.config.empty()) throw Error("--config: expected a file, got ''");
  if (given("--buffer")) o.buffer = raw.buffer;
  if (raw.print_config) o.action = Options::Action::print_config;
  if (raw.list_models) o.action = Options::Action::list_models;
  if (given("--fusion")) {
    o.scheme =
        choose<Scheme>("--fusion", raw.fusion, {{"lbdf", Scheme::lbdf}, {"brr", Scheme::brr}}, "lbdf or brr");
  }
  if (given("--format")) {
    o.format = choose<Format>("--format", raw.format,
                              {{"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}},
                              "table, json or csv");
  }
  check_search(app, raw, o);
  for (const std::string& text : raw.input_shapes) {
    if (!o.input_shapes.insert(parse_shape(text)).second) {
      throw Error("--input-shape: expected each input once, got '" + one_line(text) + "' again");
    }
  }
  if (o.action != Options::Action::run) return o;
  if (raw.model.empty())
    throw Error("--model: expected a zoo name or an ONNX file, got nothing (see --help)");
  const bool stored = may_run_stored && given("--schedule");
  if (stored && raw.schedule.empty()) throw Error("--schedule: expected a file, got ''");
  if (!stored && !o.scheme) throw Error("--fusion: expected lbdf or brr, got nothing");
  if (given("--out") && raw.out.empty()) throw Error("--out: expected a directory, got ''");
  o.model = raw.model;
  o.schedule_path = raw.schedule;
  o.out = raw.out;
  if (program == Program::run_search) check_run_search(app, raw, o);
  return o;
}

}  // namespace

const char* to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::exact:
      return "exact";
    case Algorithm::contiguous:
      return "contiguous";
    case Algorithm::unfused:
      return "unfused";
    case Algorithm::random:
      return "random";
    case Algorithm::local:
      return "local";
    case Algorithm::nsga2:
      return "nsga2";
    case Algorithm::automatic:
      return "auto";
  }
  return "?";
}

const char* to_string(ExplainerKind explainer) {
  switch (explainer) {
    case ExplainerKind::none:
      return "none";
    case ExplainerKind::random_edges:
      return "random_edges";
    case ExplainerKind::all_edges:
      return "all_edges";
  }
  return "?";
}

const char* to_string(Program program) { return program == Program::run_sim ? "run_sim" : "run_search"; }

bool is_heuristic(Algorithm algorithm) {
  return algorithm != Algorithm::exact && algorithm != Algorithm::contiguous &&
         algorithm != Algorithm::unfused;
}

ParsedOptions parse_options(int argc, const char* const* argv, Program program) {
  const bool runs = program == Program::run_sim;
  const std::string name = to_string(program);
  CLI::App app(runs ? kAbout : kSearchAbout, name);
  app.footer(runs ? kExamples : kSearchExamples);
  app.set_version_flag("--version", name + " " FUSESIM_VERSION);
  app.get_formatter()->column_width(32);
  RawOptions raw;
  declare(app, raw, program);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {{}, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return {{}, std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    throw Error(one_line(error.what()) + " (see --help)");
  }
  return {checked(app, raw, program), std::nullopt};
}

}  // namespace fusesim
