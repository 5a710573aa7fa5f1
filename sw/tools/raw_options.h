#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "fusesim/tools/options.h"

namespace fusesim {

/// The options as typed.
struct RawOptions {
  std::string model, fusion, buffer, config, search, schedule, out, format, seed;
  std::string explainer, edges, budget, threads, curve, group, max_queries, max_cpu_seconds;
  std::string import_limit;
  std::vector<std::string> overrides, input_shapes;
  bool print_config = false, list_models = false, paper_rules = false;
};

/// "a, b or c"
std::string listed(const std::vector<std::string>& names);
/// Without line ends, for messages.
std::string one_line(std::string text);

/// Tells the parser which options the program has.
void declare(CLI::App& app, RawOptions& raw, Program program);
/// Checks what was typed. Throws Error "--option: expected X, got Y".
Options checked(const CLI::App& app, const RawOptions& raw, Program program);

}  // namespace fusesim
