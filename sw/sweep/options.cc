#include "fusesim/sweep/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <vector>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

constexpr const char* kAbout =
    "Runs run_sim for every point of a sweep file, each in a process of its own, and puts the results into "
    "one "
    "table and one page, report.html.\nStopped or killed at any moment, the same command goes on where it "
    "was.";

constexpr const char* kExamples =
    "examples:\n"
    "  run_sweep configs/sweeps/buffer_size.yaml --out results/buffer_size\n"
    "  run_sweep F.yaml --out D --shard 0/4 & run_sweep F.yaml --out D --shard 1/4 ...; run_sweep F.yaml "
    "--out D "
    "--collect\n"
    "  run_sweep F.yaml --out D --engine slurm\n"
    "  run_sweep F.yaml --out D --baseline stored.json --tolerance cycles=0.01\n"
    "  run_sweep --report D\n"
    "\n"
    "exit code: 0 every point confirmed; 1 a point failed or disagrees, more traffic at a larger buffer, or "
    "a "
    "figure moved;\n"
    "           2 bad input; 3 internal error; 128 + signal: stopped\n";

/// The options as typed.
struct RawOptions {
  std::string jobs, engine, shard, timeout, format;
  std::vector<std::string> tolerances;
  bool no_wait = false, no_page = false;
};

[[noreturn]] void refuse(const std::string& option, const std::string& expected, const std::string& got) {
  throw Error(option + ": expected " + expected + ", got '" + got + "'");
}

template <typename T>
bool parse_number(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

Shard parse_shard(const std::string& text) {
  Shard shard;
  const size_t slash = text.find('/');
  const bool good = slash != std::string::npos && parse_number(text.substr(0, slash), shard.index) &&
                    parse_number(text.substr(slash + 1), shard.count) && shard.index < shard.count;
  if (!good) refuse("--shard", "i/n with i from 0 to n - 1", text);
  return shard;
}

void parse_tolerance(const std::string& text, Tolerances& tolerances) {
  const size_t equals = text.find('=');
  const std::string quantity = text.substr(0, equals);
  double value = 0.0;
  const bool number =
      equals != std::string::npos && parse_number(text.substr(equals + 1), value) && value >= 0.0;
  if (!number || (quantity != "cycles" && quantity != "energy"))
    refuse("--tolerance", "cycles=R or energy=R with a relative difference R", text);
  (quantity == "cycles" ? tolerances.cycles : tolerances.energy) = value;
}

void declare(CLI::App& app, RawOptions& raw, SweepOptions& o) {
  app.add_option("file", o.file, "sweep file (configs/sweeps/README.md)")->type_name("FILE");
  app.add_option("--out", o.out, "directory of the sweep; default out/<name of the sweep>")->type_name("DIR");
  app.add_option("--jobs", raw.jobs, "points at a time; default: processors")->type_name("N");
  auto* engine =
      app.add_option("--engine", raw.engine, "where points run: local (default) or slurm, a job array");
  engine->type_name("local|slurm");
  auto* no_wait =
      app.add_flag("--no-wait", raw.no_wait, "slurm: submit and stop; the same command collects later");
  auto* shard =
      app.add_option("--shard", raw.shard, "run every n-th point from the i-th on, without a table");
  shard->type_name("I/N")->excludes(engine);
  auto* collect = app.add_flag("--collect", o.collect_only, "run nothing, make the table of what is there");
  collect->excludes(shard)->excludes(engine);
  app.add_flag("--extend", o.extend,
               "take over a directory of a sweep with other points; keeps those in common");
  app.add_flag("--retry-failed", o.retry_failed, "run failed points again");
  app.add_option("--timeout", raw.timeout, "a point that takes longer has failed")->type_name("SECONDS");
  app.add_flag("--no-page", raw.no_page, "make no report.html");
  auto* list = app.add_flag("--list", o.list, "print the points and stop");
  auto* baseline = app.add_option("--baseline", o.baseline,
                                  "compare with these stored results: a sweep's directory, or "
                                  "a file made by --save-baseline");
  baseline->type_name("DIR|FILE");
  app.add_option("--tolerance", raw.tolerances, "relative difference that --baseline lets pass; repeatable")
      ->type_name("cycles|energy=R")
      ->needs(baseline);
  auto* save =
      app.add_option("--save-baseline", o.save_baseline, "write the figures that --baseline compares");
  save->type_name("FILE");
  app.add_option("--report", o.report, "only write report.html for this directory of a finished sweep")
      ->type_name("DIR");
  auto* format = app.add_option("--format", raw.format, "what to print: table (default), json or csv");
  format->type_name("table|json|csv");
  for (CLI::Option* option : {baseline, save, format})
    option->excludes(shard)->excludes(no_wait)->excludes(list);
}

/// A sweep file, or --report and nothing else.
void check_task(const CLI::App& app, const SweepOptions& o) {
  const CLI::Option* report = app.get_option("--report");
  if (report->count() == 0) {
    if (o.file.empty()) throw Error("file: expected a sweep file or --report, got nothing (see --help)");
    return;
  }
  if (o.report.empty()) refuse("--report", "a directory", "");
  for (const CLI::Option* option : app.get_options()) {
    if (option != report && option->count() > 0)
      throw Error("--report: expected no other argument, got " + option->get_name());
  }
}

void check(const CLI::App& app, const RawOptions& raw, SweepOptions& o) {
  const auto given = [&](const char* name) { return app.count(name) > 0; };
  if (given("--out") && o.out.empty()) refuse("--out", "a directory", "");
  if (given("--baseline") && o.baseline.empty()) refuse("--baseline", "a directory or a file", "");
  if (given("--save-baseline") && o.save_baseline.empty()) refuse("--save-baseline", "a file", "");
  if (given("--jobs") && (!parse_number(raw.jobs, o.jobs) || o.jobs < 1 || o.jobs > 4096))
    refuse("--jobs", "a whole number from 1 to 4096", raw.jobs);
  if (given("--engine")) {
    if (raw.engine != "local" && raw.engine != "slurm") refuse("--engine", "local or slurm", raw.engine);
    o.engine = raw.engine == "slurm" ? Engine::slurm : Engine::local;
  }
  o.wait = !raw.no_wait;
  o.page = !raw.no_page;
  if (!o.wait && o.engine != Engine::slurm) refuse("--no-wait", "--engine slurm with it", "local");
  if (given("--shard")) o.shard = parse_shard(raw.shard);
  if (given("--timeout")) {
    double seconds = 0.0;
    if (!parse_number(raw.timeout, seconds) || !(seconds > 0.0) || seconds > 1e9)
      refuse("--timeout", "seconds, more than 0", raw.timeout);
    o.timeout_seconds = seconds;
  }
  for (const std::string& text : raw.tolerances) parse_tolerance(text, o.tolerances);
  if (!given("--format")) return;
  if (raw.format != "table" && raw.format != "json" && raw.format != "csv")
    refuse("--format", "table, json or csv", raw.format);
  o.format = raw.format == "json" ? Format::json : raw.format == "csv" ? Format::csv : Format::table;
}

}  // namespace

ParsedSweepOptions parse_sweep_options(int argc, const char* const* argv) {
  CLI::App app(kAbout, "run_sweep");
  app.footer(kExamples);
  app.set_version_flag("--version", "run_sweep " FUSESIM_VERSION);
  app.get_formatter()->column_width(32);
  RawOptions raw;
  SweepOptions options;
  declare(app, raw, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {{}, app.help()};
  } catch (const CLI::CallForVersion& version) {
    return {{}, std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    std::string message = error.what();
    std::replace(message.begin(), message.end(), '\n', ' ');
    throw Error(message + " (see --help)");
  }
  check_task(app, options);
  check(app, raw, options);
  return {options, std::nullopt};
}

}  // namespace fusesim
