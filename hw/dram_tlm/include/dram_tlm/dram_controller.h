#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "dram/cycle_clock.h"
#include "dram/memory_system.h"
#include "dram/traffic_counter.h"
#include "dram_tlm/memory_side.h"
#include "fusesim/config/config.h"
#include "fusesim/hw/counters.h"

namespace fusesim::hw {

/// The DRAM and its controller as a TLM-2.0 target: a timing shell around MemorySystem.
///
/// One generic payload is one contiguous piece of any length; it carries a TransferExtension, and its bytes
/// are counted when its last burst has crossed the pins. AT protocol: BEGIN_REQ is answered with END_REQ at
/// once (TLM_UPDATED) while the buffer has room, else END_REQ follows when a payload has left it; BEGIN_RESP
/// comes at the end of the last data burst and expects TLM_COMPLETED. A request takes part in scheduling from
/// the first clock edge after its arrival, so the order of processes inside one time step has no influence.
class DramController : public sc_core::sc_module, public MemorySide, private tlm::tlm_fw_transport_if<> {
 public:
  tlm::tlm_target_socket<> socket{"socket"};

  DramController(const sc_core::sc_module_name& name, const DramConfig& config);
  SC_HAS_PROCESS(DramController);

  /// Power-up state now: rows closed, refresh phase zero, counts zero. Payloads count into `traffic` (may be
  /// null) from now on. Call only when idle.
  void reset_state(TrafficCounter* traffic) override;
  /// Pin counts up to now, since the last call or reset.
  DramCounts take_counts() override;
  std::vector<std::pair<int64_t, int64_t>> take_stops() override;
  bool idle() const { return buffered_bursts_ == 0; }
  /// Told every DRAM command, or every request; null by default.
  void observe(CommandObserver* observer) { memory_.observe(observer); }
  void observe_requests(RequestObserver* observer) { memory_.observe_requests(observer); }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;

  int64_t cycle_now() const;
  bool valid(tlm::tlm_generic_payload& payload) const;
  bool has_room(const tlm::tlm_generic_payload& payload) const;
  void accept(tlm::tlm_generic_payload& payload);
  void respond();
  void finish(int32_t ticket);
  void count(const tlm::tlm_generic_payload& payload, int64_t row_hits);
  void arm();

  CycleClock clock_;
  MemorySystem memory_;
  TrafficCounter* traffic_ = nullptr;
  sc_core::sc_event wake_;
  int64_t epoch_ps_ = 0;
  int64_t armed_cycle_ = kNever;
  int64_t capacity_bytes_;
  int64_t buffer_bursts_;                            // room for requests
  int64_t buffered_bursts_ = 0;                      // accepted and not yet answered
  tlm::tlm_generic_payload* blocked_ = nullptr;      // waits for END_REQ
  std::vector<tlm::tlm_generic_payload*> payloads_;  // by ticket
  DramCounts taken_;
};

}  // namespace fusesim::hw
