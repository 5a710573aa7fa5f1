#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <systemc>
#include <tlm>

#include "fusesim/hw/accelerator.h"
#include "platform/memory_bridge.h"
#include "sequencer.h"

namespace fusesim::hw {

/// The registers of an accelerator, the thread in which its schedules run, and its interrupt.
class ControlUnit : public sc_core::sc_module, private tlm::tlm_fw_transport_if<> {
 public:
  /// Binds `control`. The arguments must outlive the unit; `schedules`: how many the sequencer has.
  ControlUnit(const sc_core::sc_module_name& name, tlm::tlm_target_socket<>& control,
              sc_core::sc_out<bool>& interrupt, Sequencer& sequencer, MemoryBridge& bridge, size_t schedules);
  SC_HAS_PROCESS(ControlUnit);

  AcceleratorStatus status() const { return status_; }
  /// See Accelerator::result().
  const RunResult& result() const;
  /// The run cannot go on.
  void fail(std::exception_ptr failure);

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;

  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload);
  tlm::tlm_response_status read(AcceleratorRegister address, uint32_t& word) const;
  tlm::tlm_response_status write(AcceleratorRegister address, uint32_t word);
  tlm::tlm_response_status command(AcceleratorCommand command);
  void run();
  void drive_interrupt();
  void set_interrupt(bool high);

  sc_core::sc_out<bool>& interrupt_;
  Sequencer& sequencer_;
  MemoryBridge& bridge_;
  size_t schedules_;
  AcceleratorStatus status_ = AcceleratorStatus::idle;
  uint32_t schedule_ = 0;
  uint64_t memory_base_ = 0;
  bool high_ = false;
  RunResult result_;
  std::exception_ptr failure_;
  sc_core::sc_event start_, changed_;
};

}  // namespace fusesim::hw
