#pragma once

#include <optional>
#include <string>

#include "fusesim/sweep/baseline.h"
#include "fusesim/tools/format.h"

namespace fusesim {

enum class Engine : uint8_t { local, slurm };
const char* to_string(Engine engine);

/// Points whose index modulo `count` is `index`.
struct Shard {
  size_t index = 0;
  size_t count = 1;
};

/// What the user of run_sweep asked for; files not yet looked at.
struct SweepOptions {
  std::string file;    ///< empty: only `report`
  std::string report;  ///< directory of a finished sweep whose page is to be written; empty: none
  std::string out;     ///< empty: out/<name of the sweep>
  size_t jobs = 0;     ///< 0: one for each processor
  Engine engine = Engine::local;
  std::optional<Shard> shard;
  std::optional<double> timeout_seconds;
  bool collect_only = false;
  bool extend = false;
  bool retry_failed = false;
  bool wait = true;
  bool list = false;
  bool page = true;           ///< write report.html, where its parts are installed
  std::string baseline;       ///< sweep directory or file; empty: none
  std::string save_baseline;  ///< file; empty: none
  bool groups = false;        ///< of the comparison: groups and figures too
  Tolerances tolerances;
  Format format = Format::table;
};

/// Parsed options, or text to print on standard output at once (help, version).
struct ParsedSweepOptions {
  SweepOptions options;
  std::optional<std::string> text;
};

/// Throws Error "--option: expected X, got Y".
ParsedSweepOptions parse_sweep_options(int argc, const char* const* argv);

}  // namespace fusesim
