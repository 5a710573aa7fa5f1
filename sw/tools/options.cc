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
    "\n"
    "exit code: 0 every group confirmed; 1 prediction and machine disagree, or the machine stopped;\n"
    "           2 bad input (reason on standard error, nothing written); 3 internal error\n";

/// The options as typed.
struct RawOptions {
  std::string model, fusion, buffer, config, search, schedule, out, format, seed;
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

void declare(CLI::App& app, RawOptions& raw) {
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
  auto* search = app.add_option("--search", raw.search,
                                "how the plan is found: exact (least traffic), contiguous (best cuts of the "
                                "topological order), unfused (every op alone); default exact")
                     ->type_name("NAME");
  app.add_option("--schedule", raw.schedule, "run this stored or edited schedule instead of searching")
      ->type_name("FILE")
      ->excludes(search);
  app.add_option("--input-shape", raw.input_shapes,
                 "shape of a graph input with symbolic dimensions; repeatable")
      ->type_name("NAME=N,C,H,W")
      ->allow_extra_args(false);
  app.add_option("--out", raw.out, "write report.json, report.csv, schedule.json and config.yaml here")
      ->type_name("DIR");
  app.add_option("--format", raw.format, "what to print: table (default), json or csv")
      ->type_name("table|json|csv");
  app.add_option("--seed", raw.seed, "recorded in the report; no search offered here draws random numbers")
      ->type_name("N");
  app.add_flag("--print-config", raw.print_config, "print the resolved configuration as YAML and stop");
  app.add_flag("--list-models", raw.list_models, "print the names of the models in the zoo and stop");
}

Options checked(const CLI::App& app, const RawOptions& raw) {
  const auto given = [&](const char* name) { return app.count(name) > 0; };
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
  if (given("--search")) {
    o.algorithm = choose<Algorithm>(
        "--search", raw.search,
        {{"exact", Algorithm::exact}, {"contiguous", Algorithm::contiguous}, {"unfused", Algorithm::unfused}},
        "exact, contiguous or unfused");
  }
  if (given("--format")) {
    o.format = choose<Format>("--format", raw.format,
                              {{"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}},
                              "table, json or csv");
  }
  if (given("--seed") && !parse_whole(raw.seed, o.seed)) {
    throw Error("--seed: expected a whole number below 2^64, got '" + one_line(raw.seed) + "'");
  }
  for (const std::string& text : raw.input_shapes) {
    if (!o.input_shapes.insert(parse_shape(text)).second) {
      throw Error("--input-shape: expected each input once, got '" + one_line(text) + "' again");
    }
  }
  if (o.action != Options::Action::run) return o;
  if (raw.model.empty())
    throw Error("--model: expected a zoo name or an ONNX file, got nothing (see --help)");
  if (given("--schedule") && raw.schedule.empty()) throw Error("--schedule: expected a file, got ''");
  if (!given("--schedule") && !o.scheme) throw Error("--fusion: expected lbdf or brr, got nothing");
  if (given("--out") && raw.out.empty()) throw Error("--out: expected a directory, got ''");
  o.model = raw.model;
  o.schedule_path = raw.schedule;
  o.out = raw.out;
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
  }
  return "?";
}

ParsedOptions parse_options(int argc, const char* const* argv) {
  CLI::App app(
      "Fuses the operators of a CNN for an accelerator, runs the schedule on a SystemC model of it, and "
      "checks that\n"
      "the DRAM traffic predicted for every fusion group is the traffic that the machine moved.",
      "run_sim");
  app.footer(kExamples);
  app.set_version_flag("--version", "run_sim " FUSESIM_VERSION);
  app.get_formatter()->column_width(32);
  RawOptions raw;
  declare(app, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {{}, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return {{}, std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    throw Error(one_line(error.what()) + " (see --help)");
  }
  return {checked(app, raw), std::nullopt};
}

}  // namespace fusesim
