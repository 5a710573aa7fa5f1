#include "fusesim/tools/options.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <sstream>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/graph/most_images.h"
#include "fusesim/tools/shared_options.h"
#include "program_text.h"

namespace fusesim {
namespace {

constexpr uint64_t kMostPlans = 1'000'000'000;
constexpr uint64_t kMostThreads = 256;
constexpr uint64_t kMostEdges = 1'000'000;
constexpr uint64_t kMostQueries = 1'000'000'000'000;
constexpr uint64_t kMostImportSeconds = 1'000'000;
constexpr double kMostTimes = 1e6;

using InputShape = std::pair<std::string, std::vector<int64_t>>;

/// "name=1,3,224,224"
std::optional<InputShape> parse_shape(const std::string& text) {
  const size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size() || text.back() == ',')
    return std::nullopt;
  std::vector<int64_t> shape;
  std::istringstream list(text.substr(equals + 1));
  for (std::string field; std::getline(list, field, ',');) {
    const std::optional<uint64_t> value = whole_number(field);
    if (!value || *value == 0 || *value > INT64_MAX) return std::nullopt;
    shape.push_back(static_cast<int64_t>(*value));
  }
  return InputShape(text.substr(0, equals), shape);
}

/// "4GiB,60s", or one of both
std::optional<ImportLimits> parse_import_limits(const std::string& text) {
  ImportLimits limits;
  bool size_given = false;
  bool time_given = false;
  std::istringstream list(text + ",");
  for (std::string part; std::getline(list, part, ',');) {
    const bool is_time = !part.empty() && part.back() == 's';
    if (std::exchange(is_time ? time_given : size_given, true)) return std::nullopt;
    if (is_time) {
      const std::optional<uint64_t> seconds = whole_number(part.substr(0, part.size() - 1));
      if (!seconds || *seconds < 1 || *seconds > kMostImportSeconds) return std::nullopt;
      limits.cpu_seconds = static_cast<int64_t>(*seconds);
      continue;
    }
    try {
      limits.memory_bytes = parse_bytes(part, "--import-limit");
    } catch (const Error&) {
      return std::nullopt;
    }
    if (limits.memory_bytes < 1) return std::nullopt;
  }
  return limits;
}

/// "1.05x", or a figure as `figure` reads it
std::optional<Limit> parse_limit(const std::string& text,
                                 const std::function<std::optional<int64_t>(const std::string&)>& figure) {
  Limit limit;
  if (!text.empty() && text.back() == 'x') {
    const char* end = text.data() + text.size() - 1;
    const auto [stop, error] = std::from_chars(text.data(), end, limit.times_least);
    const bool fits =
        error == std::errc() && stop == end && limit.times_least >= 1.0 && limit.times_least <= kMostTimes;
    return fits ? std::optional<Limit>(limit) : std::nullopt;
  }
  limit.figure = figure(text);
  if (!limit.figure || *limit.figure < 1) return std::nullopt;
  return limit;
}

/// "dram,cycles"
std::optional<std::vector<Figure>> parse_front(const std::string& text) {
  std::vector<Figure> front;
  std::istringstream list(text + ",");
  for (std::string part; std::getline(list, part, ',');) {
    const std::vector<Figure>& all = figures();
    const auto at = std::find_if(all.begin(), all.end(), [&part](Figure f) { return part == to_string(f); });
    if (at == all.end() || std::find(front.begin(), front.end(), *at) != front.end()) return std::nullopt;
    front.push_back(*at);
  }
  if (front.size() < 2 || front.size() > 3) return std::nullopt;
  return front;
}

/// One command line of run_sim, run_search or run_explain.
class Parser {
 public:
  explicit Parser(Program program) : program_(program), line_(text_of(program)) { declare(); }

  ParsedOptions parse(int argc, const char* const* argv) {
    const std::optional<std::string> text = line_.parse(argc, argv);
    if (text) return {{}, text};
    fill_defaults();
    check_together();
    return {std::move(o_), std::nullopt};
  }

 private:
  // One more option: its declaration here, its field in Options; what it needs beside it in check_together.
  void declare() {
    declare_model();
    declare_fusion(line_, o_.scheme);
    declare_machine();
    if (program_ == Program::run_explain) {
      line_
          .text("--group", o_.group, "ops",
                "ops by name or index: A..B (all ops on paths from A to B), or a list with commas")
          ->type_name("A..B");
      declare_explainer_options();
    } else {
      declare_search();
    }
    declare_output();
    declare_listings(line_, o_.listings);
  }

  void declare_model() {
    line_
        .text("--model", o_.model, "a zoo name or an ONNX file", "zoo name (see --list-models) or ONNX file")
        ->type_name("NAME|FILE");
    const auto store = [this](const InputShape& shape) {
      if (!o_.input_shapes.insert(shape).second)
        throw Error("--input-shape: expected each input once, got '" + one_line(shape.first) + "' again");
    };
    line_
        .each_parsed<InputShape>("--input-shape", parse_shape, "name=N,C,H,W with positive numbers", store,
                                 "shape of a graph input with symbolic dimensions; repeatable")
        ->type_name("NAME=N,C,H,W");
    line_.whole("--batch", o_.batch, 1, kMostImages,
                "equal images, one after another in every group; default: what the file has, or 1");
    line_
        .parsed<ImportLimits>(
            "--import-limit", parse_import_limits,
            "a size of at least 1 byte, 1 to 1000000 whole seconds, or both, as in 4GiB,60s",
            [this](const ImportLimits& limits) { o_.import_limits = limits; },
            "address space and CPU time to read the model; one may be left out; default 4GiB,60s")
        ->type_name("SIZE,Ns");
  }

  void declare_machine() {
    const auto bytes = [](const std::string& text) {
      return std::optional<int64_t>(parse_bytes(text, "--buffer"));
    };
    line_
        .parsed<int64_t>(
            "--buffer", bytes, "a size", [this](int64_t size) { o_.buffer_bytes = size; },
            "on-chip buffer, e.g. 256KiB; overrides buffer.capacity")
        ->type_name("SIZE");
    line_
        .text("--config", o_.config_path, "a file",
              "accelerator, by name (see --list-accelerators) or file; default: built-in machine with "
              "DDR4-2400")
        ->type_name("NAME|FILE");
    line_.texts("--set", o_.overrides, "override one key of the configuration; repeatable")
        ->type_name("KEY=VALUE");
  }

  void declare_explainer_options() {
    const bool explains = program_ == Program::run_explain;
    const std::string automatic = to_string(default_explainer(program_, Algorithm::automatic));
    const std::string searches = listed(heuristic_names(), "and");
    declare_explainer(line_, o_.explainer, named(explainer_kinds()),
                      explains ? "who ranks the edges and says where to split; default " + automatic
                               : "where " + searches +
                                     " cut groups that do not fit; none cuts at random; default of " +
                                     to_string(Algorithm::automatic) + " " + automatic + ", else none");
    line_
        .whole("--edges", o_.edges, 1, kMostEdges,
               "edges of one explanation, the most important ones; default: as many as the explainer says")
        ->type_name("K");
    declare_seed(line_, o_.seed, explains ? "the explainer" : searches);
  }

  void declare_search() {
    const std::string searches = listed(heuristic_names(), "and");
    CLI::Option* search = line_.choice(
        "--search", o_.algorithm, named(algorithms()),
        "how the plan is found: " + described_algorithms() + "; default " + to_string(o_.algorithm));
    line_.choice("--objective", o_.goal, named(goals()),
                 "what the plan makes least: DRAM bytes, cycles, energy or energy times cycles; default " +
                     std::string(to_string(o_.goal)));
    declare_limits();
    declare_explainer_options();
    line_.whole("--budget", o_.budget, 1, kMostPlans,
                "plans that " + searches + " propose; default of " + to_string(Algorithm::automatic) + " " +
                    std::to_string(default_budget(Algorithm::automatic)) + ", else " +
                    std::to_string(default_budget(Algorithm::local)));
    line_.whole("--threads", o_.threads, 1, kMostThreads,
                "threads of " + searches + "; changes no result; default: processors");
    line_.flag("--skip-misfits", o_.skip_misfits, "ops that fit in no way run as opaque transfers, named");
    line_.seconds(
        "--time-limit", [this](double seconds) { o_.time_limit_seconds = seconds; },
        "end the search over columns after so much CPU time, with the bound and the plan found by then; of "
        "auto, "
        "if it comes to that; default: after so many steps, about two minutes");
    if (program_ == Program::run_search) return declare_run_search();
    declare_run_sim(line_, o_);
    line_.flag(
        "--no-alternatives", no_alternatives_,
        "do not look for the plans of least traffic, time, energy and energy-delay product to compare with");
    line_
        .text("--schedule", o_.schedule_path, "a file",
              "run this stored or edited schedule instead of searching")
        ->type_name("FILE")
        ->excludes(search);
    declare_dram_trace(line_, o_.dram_trace, o_.dram_trace_format);
  }

  void declare_limits() {
    const auto bytes = [](const std::string& text) -> std::optional<int64_t> {
      try {
        return parse_bytes(text, "--max-dram");
      } catch (const Error&) {
        return std::nullopt;
      }
    };
    const auto cycles = [](const std::string& text) -> std::optional<int64_t> {
      const std::optional<uint64_t> value = whole_number(text);
      if (!value || *value > INT64_MAX) return std::nullopt;
      return static_cast<int64_t>(*value);
    };
    line_
        .parsed<Limit>(
            "--max-dram", [bytes](const std::string& text) { return parse_limit(text, bytes); },
            "a size, or 1.05x for that many times the least traffic",
            [this](const Limit& limit) { o_.most_dram = limit; },
            "with exact search: no plan that moves more, e.g. 40MB or 1.05x (of the least)")
        ->type_name("X");
    line_
        .parsed<Limit>(
            "--max-cycles", [cycles](const std::string& text) { return parse_limit(text, cycles); },
            "a number of cycles, or 1.05x for that many times the least time",
            [this](const Limit& limit) { o_.most_cycles = limit; },
            "with exact search: no plan that is predicted to take longer, e.g. 2000000 or 1.05x (of the "
            "least)")
        ->type_name("X");
  }

  void declare_run_search() {
    line_
        .parsed<std::vector<Figure>>(
            "--front", parse_front, "two or three of dram, cycles, energy and buffer, e.g. dram,cycles",
            [this](const std::vector<Figure>& front) { o_.front = front; },
            "also the plans that none beats in these: of exact the supported ones of two figures that are "
            "sums, "
            "proven; of nsga2 those of its last population (default dram,buffer)")
        ->type_name("LIST");
    line_
        .text(
            "--curve", o_.curve_path, "a file",
            "write the best plan so far against proposed plans here, as CSV; queries and CPU time until the "
            "end of the step that found it")
        ->type_name("FILE");
    line_.flag("--verbose", o_.verbose, "also print how groups that did not fit came apart");
    line_.flag(
        "--paper-rules", o_.paper_rules,
        "search by the rules of the paper alone: edits of local and nsga2 move an op, merge two groups or "
        "cut one; no plan with random cuts beside the explainer's; groups are split by its Algorithm 1");
    line_.whole("--max-queries", o_.most_queries, 1, kMostQueries,
                "end such a search once it has asked for the buffer need and traffic of so many groups");
    line_.seconds(
        "--max-cpu-seconds", [this](double seconds) { o_.most_cpu_seconds = seconds; },
        "end such a search after so much CPU time; what it finds then depends on the machine");
  }

  void declare_output() {
    switch (program_) {
      case Program::run_sim:
        declare_out(line_, o_.out, "write report.json, report.csv, schedule.json and config.yaml here");
        declare_format(line_, o_.format, {Format::table, Format::json, Format::csv});
        break;
      case Program::run_search:
        declare_out(line_, o_.out, "write search.json, schedule.json and config.yaml here");
        declare_format(line_, o_.format, {Format::table, Format::json});
        break;
      case Program::run_explain:
        declare_out(line_, o_.out, "write explanation.txt, .json and .dot here, with --format svg also .svg");
        declare_format(line_, o_.format, {Format::text, Format::dot, Format::svg, Format::json});
        break;
    }
    line_.flag("--overwrite", o_.overwrite,
               "with --out: replace results of another model, scheme or machine");
  }

  void fill_defaults() {
    o_.group = one_line(o_.group);
    if (!line_.given("--budget")) o_.budget = default_budget(o_.algorithm);
    if (!line_.given("--explainer")) o_.explainer = default_explainer(program_, o_.algorithm);
    o_.alternatives = !no_alternatives_;
    o_.functional.seed = o_.seed;
  }

  void check_together() const {
    check_run_sim(line_, o_);
    if (o_.overwrite && o_.out.empty()) throw Error("--overwrite: expected --out with it, got nothing");
    check_dram_trace(line_);
    if (program_ != Program::run_explain) {
      for (const char* option : {"--explainer", "--edges", "--budget", "--threads", "--curve",
                                 "--paper-rules", "--max-queries", "--max-cpu-seconds"}) {
        require_heuristic(option);
      }
    }
    for (const char* option : {"--objective", "--max-dram", "--max-cycles"}) require_search(option);
    for (const char* option : {"--max-dram", "--max-cycles"}) {
      if (!line_.given(option)) continue;
      if (line_.given("--front"))
        throw Error(std::string(option) + ": expected a search for one plan with it, got --front");
      if (o_.algorithm != Algorithm::exact) {
        throw Error(std::string(option) + ": expected --search " + to_string(Algorithm::exact) +
                    " with it, got '" + to_string(o_.algorithm) + "'");
      }
    }
    check_time_limit();
    check_front();
    if (o_.skip_misfits && line_.given("--schedule"))
      throw Error("--skip-misfits: expected a search with it, got --schedule");
    const bool counts = o_.explainer != ExplainerKind::none && o_.explainer != ExplainerKind::all_edges;
    if (line_.given("--edges") && !counts) {
      throw Error(std::string("--edges: expected an --explainer that chooses edges with it, got '") +
                  to_string(o_.explainer) + "'");
    }
    if (!o_.listings.without_model() && o_.compare.empty()) check_complete();
  }

  void require_search(const std::string& option) const {
    if (line_.given(option) && line_.given("--schedule"))
      throw Error(option + ": expected a search with it, got --schedule");
  }

  void require_heuristic(const std::string& option) const {
    if (!line_.given(option)) return;
    require_search(option);
    if (is_heuristic(o_.algorithm)) return;
    throw Error(option + ": expected --search " + listed(heuristic_names()) + " with it, got '" +
                to_string(o_.algorithm) + "'");
  }

  void check_time_limit() const {
    if (!line_.given("--time-limit")) return;
    const std::string expected = "--time-limit: expected --search columns or auto with it, got ";
    if (line_.given("--schedule")) throw Error(expected + "--schedule");
    if (o_.algorithm != Algorithm::columns && o_.algorithm != Algorithm::automatic)
      throw Error(expected + "'" + to_string(o_.algorithm) + "'");
  }

  void check_front() const {
    if (o_.front.empty()) return;
    const bool buffer = std::find(o_.front.begin(), o_.front.end(), Figure::buffer) != o_.front.end();
    if (o_.algorithm == Algorithm::exact && (o_.front.size() != 2 || buffer))
      throw Error("--front: expected two of dram, cycles and energy with --search exact, got another list");
    if (o_.algorithm != Algorithm::exact && o_.algorithm != Algorithm::nsga2) {
      throw Error(std::string("--front: expected --search exact or nsga2 with it, got '") +
                  to_string(o_.algorithm) + "'");
    }
  }

  void check_complete() const {
    if (o_.model.empty())
      throw Error("--model: expected a zoo name or an ONNX file, got nothing (see --help)");
    if (o_.listings.ops) return;
    if (o_.schedule_path.empty() && !o_.scheme)
      throw Error("--fusion: expected " + fusion_names() + ", got nothing");
    if (program_ == Program::run_explain && o_.group.empty())
      throw Error("--group: expected ops, got nothing (see --help)");
  }

  Program program_;
  CommandLine line_;
  Options o_;
  bool no_alternatives_ = false;
};

}  // namespace

const char* to_string(Program program) { return text_of(program).name; }

int64_t default_budget(Algorithm algorithm) { return algorithm == Algorithm::automatic ? 10000 : 2000; }

ExplainerKind default_explainer(Program program, Algorithm algorithm) {
  const bool explains = program == Program::run_explain || algorithm == Algorithm::automatic;
  return explains ? kDefaultExplainer : ExplainerKind::none;
}

ParsedOptions parse_options(int argc, const char* const* argv, Program program) {
  return Parser(program).parse(argc, argv);
}

}  // namespace fusesim
