#pragma once

#include <optional>
#include <string>

#include "fusesim/tools/options.h"
#include "fusesim/tools/progress.h"

namespace fusesim {

/// What is to be printed instead of a run; nothing if a run was asked for. Throws Error.
std::optional<std::string> listing(const Options& options, Progress& progress);

}  // namespace fusesim
