#pragma once

#include "fusesim/tools/command_line.h"
#include "fusesim/tools/options.h"

namespace fusesim {

/// Name, description and examples of a program, as --help and the man page have them.
ProgramText text_of(Program program);

}  // namespace fusesim
