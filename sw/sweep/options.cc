#include "fusesim/sweep/options.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/tools/shared_options.h"

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
    "exit code: 0 every point confirmed; 1 a point failed or disagrees, more traffic at a larger buffer, a "
    "figure\n"
    "           moved, or no report.html; 2 bad input; 3 internal error;\n"
    "           4 standard output took no more, results are written; 128 + signal: stopped\n";

constexpr uint64_t kMostJobs = 4096;

/// "0/4"
std::optional<Shard> parse_shard(const std::string& text) {
  const size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::optional<uint64_t> index = whole_number(text.substr(0, slash));
  const std::optional<uint64_t> count = whole_number(text.substr(slash + 1));
  if (!index || !count || *index >= *count) return std::nullopt;
  return Shard{*index, *count};
}

struct Tolerance {
  double Tolerances::*quantity;
  double value;
};

/// "cycles=0.01"
std::optional<Tolerance> parse_tolerance(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) return std::nullopt;
  const std::optional<double> value = decimal_number(text.substr(equals + 1));
  if (!value || !(*value >= 0.0)) return std::nullopt;
  const std::string quantity = text.substr(0, equals);
  if (quantity == "cycles") return Tolerance{&Tolerances::cycles, *value};
  if (quantity == "energy") return Tolerance{&Tolerances::energy, *value};
  return std::nullopt;
}

/// One command line of run_sweep.
class Parser {
 public:
  Parser() : line_({"run_sweep", kAbout, kExamples}) { declare(); }

  ParsedSweepOptions parse(int argc, const char* const* argv) {
    const std::optional<std::string> text = line_.parse(argc, argv);
    if (text) return {{}, text};
    o_.wait = !no_wait_;
    o_.page = !no_page_;
    check_together();
    return {std::move(o_), std::nullopt};
  }

 private:
  // One more option: its declaration here, its field in SweepOptions; what it needs beside it goes into
  // check_together.
  void declare() {
    line_.text("file", o_.file, "a sweep file", "sweep file (configs/sweeps/README.md)")->type_name("FILE");
    declare_out(line_, o_.out, "directory of the sweep; default out/<name of the sweep>");
    declare_running();
    declare_results();
  }

  void declare_running() {
    line_.whole("--jobs", o_.jobs, 1, kMostJobs, "points at a time; default: processors");
    CLI::Option* engine =
        line_.choice("--engine", o_.engine, named(std::vector<Engine>{Engine::local, Engine::slurm}),
                     "where points run: local (default) or slurm, a job array");
    no_wait_option_ =
        line_.flag("--no-wait", no_wait_, "slurm: submit and stop; the same command collects later");
    shard_ = line_.parsed<Shard>(
        "--shard", parse_shard, "i/n with i from 0 to n - 1",
        [this](const Shard& shard) { o_.shard = shard; },
        "run every n-th point from the i-th on, without a table");
    shard_->type_name("I/N")->excludes(engine);
    line_.flag("--collect", o_.collect_only, "run nothing, make the table of what is there")
        ->excludes(shard_)
        ->excludes(engine);
    line_.flag("--extend", o_.extend,
               "take over a directory of a sweep with other points; keeps those in common");
    line_.flag("--retry-failed", o_.retry_failed, "run failed points again");
    line_
        .seconds(
            "--timeout", [this](double seconds) { o_.timeout_seconds = seconds; },
            "a point that takes longer has failed")
        ->type_name("SECONDS");
  }

  void declare_results() {
    line_.flag("--no-page", no_page_, "make no report.html");
    CLI::Option* list = line_.flag("--list", o_.list, "print the points and stop");
    CLI::Option* baseline = line_.text(
        "--baseline", o_.baseline, "a directory or a file",
        "compare with these stored results: a sweep's directory, or a file made by --save-baseline");
    baseline->type_name("DIR|FILE");
    const auto tolerate = [this](const Tolerance& given) { o_.tolerances.*given.quantity = given.value; };
    line_
        .each_parsed<Tolerance>("--tolerance", parse_tolerance,
                                "cycles=R or energy=R with a relative difference R", tolerate,
                                "relative difference that --baseline lets pass; repeatable")
        ->type_name("cycles|energy=R")
        ->needs(baseline);
    line_.flag("--groups", o_.groups, "with --baseline: every group that moved, and its first figure")
        ->needs(baseline);
    CLI::Option* save = line_.text("--save-baseline", o_.save_baseline, "a file",
                                   "write the figures that --baseline compares");
    save->type_name("FILE");
    line_
        .text("--report", o_.report, "a directory",
              "only write report.html for this directory of a finished sweep")
        ->type_name("DIR");
    CLI::Option* format = declare_format(line_, o_.format, {Format::table, Format::json, Format::csv});
    for (CLI::Option* option : {baseline, save, format})
      option->excludes(shard_)->excludes(no_wait_option_)->excludes(list);
  }

  /// A sweep file, or --report and nothing else.
  void check_together() const {
    if (!o_.wait && o_.engine != Engine::slurm)
      throw Error(std::string("--no-wait: expected --engine slurm with it, got '") + to_string(o_.engine) +
                  "'");
    if (!line_.given("--report")) {
      if (o_.file.empty()) throw Error("file: expected a sweep file or --report, got nothing (see --help)");
      return;
    }
    for (const std::string& option : line_.all_given()) {
      if (option != "--report") throw Error("--report: expected no other argument, got " + option);
    }
  }

  CommandLine line_;
  SweepOptions o_;
  bool no_wait_ = false, no_page_ = false;
  CLI::Option* shard_ = nullptr;
  CLI::Option* no_wait_option_ = nullptr;
};

}  // namespace

const char* to_string(Engine engine) {
  switch (engine) {
    case Engine::local:
      return "local";
    case Engine::slurm:
      return "slurm";
  }
  throw std::logic_error("no such engine");
}

ParsedSweepOptions parse_sweep_options(int argc, const char* const* argv) {
  return Parser().parse(argc, argv);
}

}  // namespace fusesim
