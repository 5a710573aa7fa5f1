#include "fusesim/hw/simulate.h"

#include <atomic>
#include <systemc>

#include "accelerator.h"

namespace fusesim {
namespace {

void check(const Config& config, const Schedule& schedule, size_t index) {
  const std::string place = "schedule " + std::to_string(index) + ": ";
  const std::string reason = invalid_reason(schedule);
  if (!reason.empty()) throw Error(place + reason);
  if (!(schedule.datatypes == config.datatypes)) {
    throw Error(place + "datatypes: expected those of the configuration, got others");
  }
  if (schedule.buffer_bytes != config.buffer.capacity_bytes) {
    throw Error(place + "buffer_bytes: expected the capacity of the configuration, " +
                std::to_string(config.buffer.capacity_bytes) + ", got " +
                std::to_string(schedule.buffer_bytes));
  }
}

/// Every SystemC warning stops the simulation.
void make_reports_errors() {
  using sc_core::sc_report_handler;
  sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  for (const auto severity : {sc_core::SC_WARNING, sc_core::SC_ERROR, sc_core::SC_FATAL}) {
    sc_report_handler::set_actions(severity, sc_core::SC_THROW);
  }
  sc_core::sc_set_stop_mode(sc_core::SC_STOP_IMMEDIATE);
}

}  // namespace

SimResults simulate(const Config& config, const std::vector<Schedule>& schedules, const SimOptions& options) {
  for (size_t i = 0; i < schedules.size(); ++i) check(config, schedules[i], i);
  if (!options.values.empty() && options.values.size() != schedules.size())
    throw Error("simulate: expected values of each schedule or of none");
  static std::atomic<bool> used{false};
  if (used.exchange(true))
    throw Error("simulate: expected one call per process (the SystemC kernel is global), got a second");
  try {
    make_reports_errors();
    // Never destroyed: the kernel refers to modules and processes until the process ends.
    static auto* const machine = new hw::Accelerator("accelerator", config, schedules, options);
    sc_core::sc_start();
    return machine->sequencer().take_results();
  } catch (const sc_core::sc_report& report) {
    throw Error(std::string("SystemC: ") + report.what());
  }
}

}  // namespace fusesim
