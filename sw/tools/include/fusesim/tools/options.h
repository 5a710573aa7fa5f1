#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/schedule/schedule.h"

namespace fusesim {

enum class Algorithm : uint8_t { exact, contiguous, unfused };
enum class Format : uint8_t { table, json, csv };
const char* to_string(Algorithm algorithm);

/// What the user of run_sim asked for; syntax checked, files not yet looked at.
struct Options {
  enum class Action : uint8_t { run, print_config, list_models };
  Action action = Action::run;
  std::string model;
  std::optional<Scheme> scheme;        ///< present unless a schedule is given
  std::optional<std::string> buffer;   ///< a size
  std::string config_path;             ///< empty: defaults
  std::vector<std::string> overrides;  ///< key=value
  Algorithm algorithm = Algorithm::exact;
  std::string schedule_path;  ///< empty: search
  std::map<std::string, std::vector<int64_t>> input_shapes;
  std::string out;  ///< empty: write no files
  Format format = Format::table;
  uint64_t seed = 0;
};

/// Parsed options, or text to print on standard output at once (help, version).
struct ParsedOptions {
  Options options;
  std::optional<std::string> text;
};

/// Throws Error "--option: expected X, got Y".
ParsedOptions parse_options(int argc, const char* const* argv);

}  // namespace fusesim
