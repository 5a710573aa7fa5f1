#pragma once

#include "fusesim/config/config.h"
#include "fusesim/schedule/hand_written.h"
#include "fusesim/tools/options.h"

namespace fusesim {

/// Carries out --edit on the schedule that --schedule names, and works out what it leaves out. Throws Error:
/// an edit that is not legal, with those that are; a group that does not fit, with the bytes that it needs.
void finish_by_hand(const Options& options, const HandWritten& written, const Config& config,
                    Schedule& schedule);

}  // namespace fusesim
