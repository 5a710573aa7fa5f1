#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/hw/results.h"
#include "fusesim/hw/simulate.h"
#include "fusesim/schedule/schedule.h"

namespace fusesim {

/// Registers behind Accelerator::control: byte addresses, 32 bits each, in the byte order of the host.
enum class AcceleratorRegister : uint32_t {
  command = 0x00,           ///< written: an AcceleratorCommand
  status = 0x04,            ///< read: an AcceleratorStatus
  schedule = 0x08,          ///< which one runs next, 0 at power-up
  memory_base_low = 0x0c,   ///< address of the first byte of its memory, 0 at power-up
  memory_base_high = 0x10,  ///< bits 32 to 63 of it
  cycles_low = 0x14,        ///< read: cycles of its clock that the last run took
  cycles_high = 0x18,       ///< bits 32 to 63 of them
};

enum class AcceleratorCommand : uint32_t {
  start = 1,        ///< run the schedule; takes the interrupt back
  acknowledge = 2,  ///< take the interrupt back
};

enum class AcceleratorStatus : uint32_t {
  idle,     ///< nothing has run yet
  running,  ///< no command but acknowledge is taken
  done,     ///< Accelerator::result() has what moved
  failed,   ///< a guard or the memory stopped the run; it takes no start any more
};

/// The accelerator as a module of a platform of one's own; any number of them in one simulation. It runs one
/// of its schedules each time it is told to, as simulate() would, but on the memory behind `memory`.
///
/// `memory`: reads and writes by b_transport from threads of its own, several at a time, of at most 4096
/// bytes each and Config::dma.max_outstanding_bursts bursts of Config::dram together. A delay that comes back
/// is waited for. Addresses are those of the schedule's data plus the memory base; memory_bytes() says how
/// many follow. Time is what counts: what is read is not looked at, and what is written has no meaning
/// (values of SimOptions stay inside). An answer that is not TLM_OK_RESPONSE fails the run.
///
/// `control`: b_transport, nb_transport_fw (answered at once) and, for reads, transport_dbg: 4 bytes at a
/// register, without byte enables. TLM_ADDRESS_ERROR_RESPONSE: no register; TLM_COMMAND_ERROR_RESPONSE: it
/// cannot be written, or read; TLM_GENERIC_ERROR_RESPONSE: no such command or schedule, or not now.
///
/// `interrupt`: high from the end of a run, or its failure, to the next command.
class Accelerator : public sc_core::sc_module {
 public:
  tlm::tlm_initiator_socket<> memory{"memory"};
  tlm::tlm_target_socket<> control{"control"};
  sc_core::sc_out<bool> interrupt{"interrupt"};

  /// Copies what it gets, but for what SimOptions point to. Throws Error where simulate() would.
  Accelerator(const sc_core::sc_module_name& name, const Config& config,
              const std::vector<Schedule>& schedules, const SimOptions& options = {});
  ~Accelerator() override;

  AcceleratorStatus status() const;
  /// What the last run moved, and its cycles, from the start on. Pins and energy of the DRAM are the memory's
  /// affair: they are 0 here, and so is Cause::dram_overhead. Valid until the next start. Throws what stopped
  /// the run, or Error if none has ended.
  const RunResult& result() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Bytes that a schedule's network takes in memory, from the memory base on. Throws Error if it does not fit
/// Config::dram.
int64_t memory_bytes(const Config& config, const Schedule& schedule);

}  // namespace fusesim
