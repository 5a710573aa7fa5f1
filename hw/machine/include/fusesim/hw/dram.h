#pragma once

#include <cstddef>
#include <memory>
#include <systemc>
#include <tlm>

#include "fusesim/config/config.h"
#include "fusesim/hw/counters.h"

namespace fusesim {

/// A DRAM part and its controller, as in simulate(), for several initiators that share it: channels, banks,
/// row buffers, timing, refresh. b_transport alone; each call returns when its last burst has crossed the
/// pins, and others may be under way meanwhile. Requests are taken in the order of (time, socket). It has
/// time but no content: data are neither stored nor returned. TLM_ADDRESS_ERROR_RESPONSE beyond the part's
/// capacity, TLM_BYTE_ENABLE_ERROR_RESPONSE and TLM_COMMAND_ERROR_RESPONSE for what a DRAM does not do.
class Dram : public sc_core::sc_module {
 public:
  /// One for each initiator.
  sc_core::sc_vector<tlm::tlm_target_socket<>> sockets;

  Dram(const sc_core::sc_module_name& name, const DramConfig& config, size_t initiators);
  ~Dram() override;

  /// At the pins, since the simulation began.
  DramCounts counts();

 private:
  class Front;
  std::unique_ptr<Front> front_;
};

}  // namespace fusesim
