#pragma once

#include "fusesim/sweep/options.h"

namespace fusesim {

/// Runs a sweep as the options ask for; results on standard output, the rest on standard error. Returns the
/// exit code. Throws Error.
int run_sweep(const SweepOptions& options);

}  // namespace fusesim
