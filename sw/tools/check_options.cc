#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "raw_options.h"

namespace fusesim {
namespace {

constexpr int64_t kMostPlans = 1'000'000'000;
constexpr int64_t kMostThreads = 256;
constexpr int64_t kMostEdges = 1'000'000;
constexpr int64_t kMostQueries = 1'000'000'000'000;
constexpr double kMostSeconds = 86'400'000.0;
constexpr int64_t kMostImportSeconds = 1'000'000;

/// The value that `text` names.
template <typename T>
T choose(const std::string& option, const std::string& text,
         const std::vector<std::pair<std::string, T>>& values) {
  std::vector<std::string> names;
  for (const auto& [name, value] : values) {
    if (name == text) return value;
    names.push_back(name);
  }
  throw Error(option + ": expected " + listed(names) + ", got '" + one_line(text) + "'");
}

template <typename T>
std::vector<std::pair<std::string, T>> named(const std::vector<T>& values) {
  std::vector<std::pair<std::string, T>> names;
  for (const T value : values) names.emplace_back(to_string(value), value);
  return names;
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

/// "4GiB,60s", or one of both
ImportLimits parse_import_limits(const std::string& text) {
  const Error malformed(
      "--import-limit: expected a size of at least 1 byte, 1 to 1000000 whole seconds, or both, as in "
      "4GiB,60s, got '" +
      one_line(text) + "'");
  ImportLimits limits;
  bool size_given = false;
  bool time_given = false;
  std::istringstream list(text + ",");
  for (std::string part; std::getline(list, part, ',');) {
    const bool is_time = !part.empty() && part.back() == 's';
    if (std::exchange(is_time ? time_given : size_given, true)) throw malformed;
    if (is_time) {
      const bool whole = parse_whole(part.substr(0, part.size() - 1), limits.cpu_seconds);
      if (!whole || limits.cpu_seconds < 1 || limits.cpu_seconds > kMostImportSeconds) throw malformed;
      continue;
    }
    try {
      limits.memory_bytes = parse_bytes(part, "--import-limit");
    } catch (const Error&) {
      throw malformed;
    }
    if (limits.memory_bytes < 1) throw malformed;
  }
  return limits;
}

/// A whole number of at least `least`.
int64_t parse_count(const std::string& option, const std::string& text, int64_t least, int64_t most) {
  int64_t value = 0;
  if (parse_whole(text, value) && value >= least && value <= most) return value;
  throw Error(option + ": expected a whole number from " + std::to_string(least) + " to " +
              std::to_string(most) + ", got '" + one_line(text) + "'");
}

/// A plain decimal number of at most a thousand days.
double parse_seconds(const std::string& option, const std::string& text) {
  double value = 0.0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
  if (error == std::errc() && stop == end && value > 0.0 && value <= kMostSeconds) return value;
  throw Error(option + ": expected a number of seconds above 0, got '" + one_line(text) + "'");
}

Algorithm parse_algorithm(const std::string& text) {
  std::vector<std::pair<std::string, Algorithm>> values;
  for (const Algorithm algorithm :
       {Algorithm::exact, Algorithm::contiguous, Algorithm::unfused, Algorithm::random, Algorithm::local,
        Algorithm::nsga2, Algorithm::automatic}) {
    values.emplace_back(to_string(algorithm), algorithm);
  }
  return choose("--search", text, values);
}

ExplainerKind parse_explainer(const std::string& text) {
  std::vector<std::pair<std::string, ExplainerKind>> values;
  for (const ExplainerKind kind : explainer_kinds()) values.emplace_back(to_string(kind), kind);
  return choose("--explainer", text, values);
}

Format parse_format(const std::string& text, Program program) {
  switch (program) {
    case Program::run_sim:
      return choose<Format>("--format", text,
                            {{"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}});
    case Program::run_search:
      return choose<Format>("--format", text, {{"table", Format::table}, {"json", Format::json}});
    case Program::run_explain:
      break;
  }
  return choose<Format>(
      "--format", text,
      {{"text", Format::table}, {"dot", Format::dot}, {"svg", Format::svg}, {"json", Format::json}});
}

/// Checks one command line.
class Checker {
 public:
  Checker(const CLI::App& app, const RawOptions& raw, Program program)
      : app_(app), raw_(raw), program_(program) {}

  Options run() {
    check_machine();
    if (program_ != Program::run_explain) check_search();
    check_explainer();
    if (o_.action == Options::Action::run) check_run();
    return std::move(o_);
  }

 private:
  bool given(const char* name) const {
    return app_.get_option_no_throw(name) != nullptr && app_.count(name) > 0;
  }

  void check_machine() {
    o_.config_path = raw_.config;
    o_.overrides = raw_.overrides;
    if (given("--config") && raw_.config.empty()) throw Error("--config: expected a file, got ''");
    if (given("--buffer")) o_.buffer = raw_.buffer;
    if (raw_.print_config) o_.action = Options::Action::print_config;
    if (raw_.list_models) o_.action = Options::Action::list_models;
    if (given("--fusion")) o_.scheme = choose("--fusion", raw_.fusion, named(all_schemes()));
    if (given("--format")) o_.format = parse_format(raw_.format, program_);
    if (given("--import-limit")) o_.import_limits = parse_import_limits(raw_.import_limit);
    for (const std::string& text : raw_.input_shapes) {
      if (!o_.input_shapes.insert(parse_shape(text)).second)
        throw Error("--input-shape: expected each input once, got '" + one_line(text) + "' again");
    }
  }

  void check_search() {
    if (given("--search")) o_.algorithm = parse_algorithm(raw_.search);
    o_.budget = default_budget(o_.algorithm);
    if (given("--budget")) o_.budget = parse_count("--budget", raw_.budget, 1, kMostPlans);
    if (given("--threads"))
      o_.threads = static_cast<int>(parse_count("--threads", raw_.threads, 1, kMostThreads));
    for (const char* option : {"--explainer", "--edges", "--budget", "--threads"}) require_heuristic(option);
  }

  void require_heuristic(const char* option) const {
    if (!given(option)) return;
    if (given("--schedule")) throw Error(std::string(option) + ": expected a search with it, got --schedule");
    if (is_heuristic(o_.algorithm)) return;
    throw Error(std::string(option) + ": expected --search random, local, nsga2 or auto with it, got '" +
                to_string(o_.algorithm) + "'");
  }

  void check_explainer() {
    o_.explainer = default_explainer(program_, o_.algorithm);
    if (given("--explainer")) o_.explainer = parse_explainer(raw_.explainer);
    if (given("--edges")) o_.edges = static_cast<size_t>(parse_count("--edges", raw_.edges, 1, kMostEdges));
    if (given("--seed") && !parse_whole(raw_.seed, o_.seed))
      throw Error("--seed: expected a whole number below 2^64, got '" + one_line(raw_.seed) + "'");
    const bool counts = o_.explainer != ExplainerKind::none && o_.explainer != ExplainerKind::all_edges;
    if (given("--edges") && !counts) {
      throw Error(std::string("--edges: expected an --explainer that chooses edges with it, got '") +
                  to_string(o_.explainer) + "'");
    }
  }

  void check_run() {
    if (raw_.model.empty())
      throw Error("--model: expected a zoo name or an ONNX file, got nothing (see --help)");
    const bool stored = program_ == Program::run_sim && given("--schedule");
    if (stored && raw_.schedule.empty()) throw Error("--schedule: expected a file, got ''");
    if (!stored && !o_.scheme) throw Error("--fusion: expected lbdf or brr, got nothing");
    if (given("--out") && raw_.out.empty()) throw Error("--out: expected a directory, got ''");
    o_.model = raw_.model;
    o_.schedule_path = raw_.schedule;
    o_.out = raw_.out;
    if (program_ == Program::run_search) check_run_search();
    if (program_ != Program::run_explain) return;
    if (raw_.group.empty()) throw Error("--group: expected ops, got nothing (see --help)");
    o_.group = one_line(raw_.group);
  }

  /// The options of run_search alone.
  void check_run_search() {
    for (const char* option : {"--curve", "--paper-rules", "--max-queries", "--max-cpu-seconds"})
      require_heuristic(option);
    o_.paper_rules = raw_.paper_rules;
    if (given("--curve") && raw_.curve.empty()) throw Error("--curve: expected a file, got ''");
    o_.curve_path = raw_.curve;
    if (given("--max-queries"))
      o_.most_queries = parse_count("--max-queries", raw_.max_queries, 1, kMostQueries);
    if (given("--max-cpu-seconds"))
      o_.most_cpu_seconds = parse_seconds("--max-cpu-seconds", raw_.max_cpu_seconds);
  }

  const CLI::App& app_;
  const RawOptions& raw_;
  Program program_;
  Options o_;
};

}  // namespace

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

Options checked(const CLI::App& app, const RawOptions& raw, Program program) {
  return Checker(app, raw, program).run();
}

}  // namespace fusesim
