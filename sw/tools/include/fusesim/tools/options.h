#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/explain/explainers.h"
#include "fusesim/import/import.h"
#include "fusesim/schedule/edit.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/search/algorithm.h"
#include "fusesim/search/objective.h"
#include "fusesim/tools/dram_trace.h"
#include "fusesim/tools/format.h"

namespace fusesim {

/// The programs that share these options.
enum class Program : uint8_t { run_sim, run_search, run_explain };
const char* to_string(Program program);

/// Plans that are proposed unless told otherwise (results/default_search.md has the measurements behind it).
int64_t default_budget(Algorithm algorithm);
/// Who explains where nobody is named.
ExplainerKind default_explainer(Program program, Algorithm algorithm);

/// A figure, or so many times the least that any plan comes to.
struct Limit {
  std::optional<int64_t> figure;
  double times_least = 0.0;
};

/// What a functional run is asked for.
struct FunctionalOptions {
  bool on = false;
  uint64_t seed = 0;         ///< of parameters and inputs that no file has
  std::string input_path;    ///< elements of the one input, .npy; empty: drawn
  std::string outputs_path;  ///< folder for the outputs; empty: none
};

/// What is written of a run while it runs.
struct TimelineOptions {
  std::string path;      ///< trace events; empty: none
  std::string vcd_path;  ///< value change dump; empty: none
  std::string window;    ///< see parse_window()
};

/// What to print instead of a run.
struct Listings {
  bool models = false, accelerators = false, ops = false, glossary = false, config = false;
  /// Something that needs no network.
  bool without_model() const { return models || accelerators || glossary || config; }
  bool any() const { return without_model() || ops; }
};

/// What the user of a program asked for; syntax checked, files not yet looked at.
struct Options {
  Listings listings;
  std::string model;
  std::optional<Scheme> scheme;         ///< present unless a schedule is given
  std::optional<int64_t> buffer_bytes;  ///< overrides the configuration's
  std::string config_path;              ///< empty: defaults
  std::vector<std::string> overrides;   ///< key=value
  Algorithm algorithm = Algorithm::automatic;
  Goal goal = Goal::dram;
  std::vector<Figure>
      front;  ///< run_search: figures of a front, of exact two, of nsga2 two or three; empty: none
  std::optional<Limit> most_dram, most_cycles;  ///< exact search only
  bool skip_misfits = false;                    ///< ops that fit in no way run as opaque transfers
  bool alternatives = true;                     ///< run_sim: look for the plans that could run instead
  ExplainerKind explainer = kDefaultExplainer;
  std::optional<size_t> edges;      ///< of one explanation; nothing: as many as the explainer says
  int64_t budget = 10000;           ///< proposed plans of a heuristic search
  bool paper_rules = false;         ///< run_search: edits and SPLIT by the rules of the paper alone
  int64_t most_queries = 0;         ///< run_search: F_beta and F_D queries that end the search; 0: any number
  double most_cpu_seconds = 0.0;    ///< run_search: CPU time that ends the search; 0: any
  double time_limit_seconds = 0.0;  ///< CPU time of columns; 0: by labels
  int threads = 0;                  ///< of a heuristic search; changes no result; 0: one per processor
  std::string curve_path;           ///< run_search: CSV of best-so-far against proposed plans; empty: none
  std::string schedule_path;        ///< empty: search
  std::string group;                ///< run_explain: ops by name or index (select_group)
  std::map<std::string, std::vector<int64_t>> input_shapes;
  std::optional<int64_t> batch;  ///< images; nothing: what the file has
  ImportLimits import_limits;
  FunctionalOptions functional;      ///< run_sim
  TimelineOptions timeline;          ///< run_sim
  std::vector<PlanEdit> edits;       ///< run_sim: changes of the stored schedule, one after another
  std::vector<std::string> compare;  ///< run_sim: the reports of two runs
  std::string out;                   ///< empty: write no files
  bool verbose = false;              ///< run_search: how groups that did not fit came apart
  bool overwrite = false;            ///< what `out` has of another model, scheme or machine
  std::string dram_trace;            ///< run_sim: every burst that the DRAM is asked for; empty: none
  TraceFormat dram_trace_format = TraceFormat::dramsim3;
  Format format = Format::table;
  uint64_t seed = 0;
};

/// Parsed options, or text to print on standard output at once (help, version).
struct ParsedOptions {
  Options options;
  std::optional<std::string> text;
};

/// Throws Error "--option: expected X, got Y".
ParsedOptions parse_options(int argc, const char* const* argv, Program program = Program::run_sim);

}  // namespace fusesim
