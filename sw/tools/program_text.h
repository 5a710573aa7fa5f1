#pragma once

#include <string>
#include <vector>

#include "fusesim/tools/command_line.h"
#include "fusesim/tools/options.h"

namespace fusesim {

/// Name, description and examples of a program, as --help and the man page have them.
ProgramText text_of(Program program);

/// Of the algorithms that propose plans.
std::vector<std::string> heuristic_names();
/// "exact (least traffic), random or auto (exact, and local proposes where that takes long)"
std::string described_algorithms();

}  // namespace fusesim
