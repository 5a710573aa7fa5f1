#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/fault.h"
#include "fusesim/hw/results.h"
#include "fusesim/hw/simulation_error.h"
#include "fusesim/hw/trace.h"
#include "fusesim/schedule/schedule.h"
#include "fusesim/values/network.h"

namespace fusesim {

/// A contiguous piece of DRAM that is read or written.
struct DramRequest {
  int64_t address = 0, bytes = 0;
  bool write = false;
  int64_t cycle = 0;  ///< of its arrival, DRAM clock, from the beginning of its run
};

struct SimOptions {
  Fault fault = Fault::none;
  /// Called after each finished group (run index, group index, group count); may be null.
  void (*progress)(void* context, size_t run, size_t group, size_t groups) = nullptr;
  void* progress_context = nullptr;
  /// Functional mode: the values to compute with, one network for each schedule, of the same graph and data
  /// types; empty: what moves are hashes alone. They must outlive the call.
  std::vector<const ValueNetwork*> values = {};
  /// False: rows, columns and weights that are not on chip are read all the same, and a full buffer is
  /// written over, as hardware would, so that tests see what comes of it.
  bool guarded = true;
  /// Called with every request to the DRAM in the order of arrival; may be null.
  void (*dram_request)(void* context, const DramRequest& request) = nullptr;
  void* dram_request_context = nullptr;
  /// Told what the machine does; may be null. It must outlive the call.
  MachineObserver* observer = nullptr;
};

/// The only door into the machine. Runs the schedules one after another in one SystemC kernel and resets all
/// state between them, so their order does not matter; a process may call it once (a SystemC kernel is
/// global). Throws SimulationError when a guard trips, Error when a schedule does not fit config (datatypes,
/// capacity).
SimResults simulate(const Config& config, const std::vector<Schedule>& schedules,
                    const SimOptions& options = {});

}  // namespace fusesim
