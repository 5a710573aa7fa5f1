#pragma once

#include <cstddef>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/fault.h"
#include "fusesim/hw/results.h"
#include "fusesim/hw/simulation_error.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

struct SimOptions {
  Fault fault = Fault::none;
  /// Called after each finished group (run index, group index, group count); may be null.
  void (*progress)(void* context, size_t run, size_t group, size_t groups) = nullptr;
  void* progress_context = nullptr;
};

/// The only door into the machine. Runs the schedules one after another in one SystemC kernel and resets all
/// state between them, so their order does not matter; a process may call it once (a SystemC kernel is
/// global). Throws SimulationError when a guard trips, Error when a schedule does not fit config (datatypes,
/// capacity).
SimResults simulate(const Config& config, const std::vector<Schedule>& schedules,
                    const SimOptions& options = {});

}  // namespace fusesim
