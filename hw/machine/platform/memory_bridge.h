#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

#include "dram/traffic_counter.h"
#include "dram_tlm/memory_side.h"

namespace fusesim::hw {

/// Stands between the DMA and a memory that somebody else has made: takes payloads as the DRAM controller
/// does, and hands each on by b_transport in the order in which they came, from a thread of its own, so that
/// as many are under way as the DMA allows. Counts payload bytes when the memory has answered.
class MemoryBridge : public sc_core::sc_module,
                     public MemorySide,
                     private tlm::tlm_fw_transport_if<>,
                     private tlm::tlm_bw_transport_if<> {
 public:
  tlm::tlm_target_socket<> dma{"dma"};

  /// Binds `memory`, which must outlive the bridge. `failed` gets the first answer that is not OK, in words;
  /// the payload is then never answered.
  MemoryBridge(const sc_core::sc_module_name& name, tlm::tlm_initiator_socket<>& memory,
               std::function<void(const std::string&)> failed);

  /// Added to every address.
  void set_base(uint64_t base) { base_ = base; }
  void reset_state(TrafficCounter* traffic) override { traffic_ = traffic; }
  /// Pins are not seen from here.
  DramCounts take_counts() override { return {}; }
  std::vector<std::pair<int64_t, int64_t>> take_stops() override { return {}; }

 private:
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override;
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override;
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) override;
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) override;

  void serve(sc_core::sc_event& turn);
  void transfer(tlm::tlm_generic_payload& payload);
  void count(const tlm::tlm_generic_payload& payload);

  tlm::tlm_initiator_socket<>& memory_;
  std::function<void(const std::string&)> failed_;
  uint64_t base_ = 0;
  TrafficCounter* traffic_ = nullptr;
  std::deque<tlm::tlm_generic_payload*> waiting_;
  std::vector<std::unique_ptr<sc_core::sc_event>> turns_;  // one for each thread
  std::vector<sc_core::sc_event*> idle_;
};

}  // namespace fusesim::hw
