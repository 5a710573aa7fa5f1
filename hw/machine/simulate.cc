#include "fusesim/hw/simulate.h"

#include <atomic>
#include <systemc>

#include "accelerator.h"
#include "schedule_check.h"

namespace fusesim {
namespace {

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
  hw::check_schedules(config, schedules, options);
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
