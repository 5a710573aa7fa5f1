#pragma once

#include <optional>
#include <string>

#include "fusesim/tools/command_line.h"
#include "fusesim/tools/options.h"
#include "fusesim/tools/progress.h"

namespace fusesim {

/// --list-models and the like.
void declare_listings(CommandLine& line, Listings& wanted);
/// What is to be printed instead of a run; nothing if a run was asked for. Throws Error.
std::optional<std::string> listing(const Options& options, Progress& progress);

}  // namespace fusesim
