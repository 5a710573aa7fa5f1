#include "platform/memory_bridge.h"

#include <sstream>
#include <utility>

#include "dram_tlm/payload_pool.h"

namespace fusesim::hw {

MemoryBridge::MemoryBridge(const sc_core::sc_module_name& name, tlm::tlm_initiator_socket<>& memory,
                           std::function<void(const std::string&)> failed)
    : sc_module(name), memory_(memory), failed_(std::move(failed)) {
  dma.bind(*this);
  memory_.bind(*this);
}

tlm::tlm_sync_enum MemoryBridge::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                 sc_core::sc_time&) {
  waiting_.push_back(&payload);
  if (idle_.empty()) {
    turns_.push_back(std::make_unique<sc_core::sc_event>());
    sc_core::sc_spawn([this, turn = turns_.back().get()] { serve(*turn); });
  } else {
    idle_.back()->notify(sc_core::SC_ZERO_TIME);
    idle_.pop_back();
  }
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

/// As many threads get a turn as payloads wait, and each takes the one that has waited longest.
void MemoryBridge::serve(sc_core::sc_event& turn) {
  for (;;) {
    tlm::tlm_generic_payload& payload = *waiting_.front();
    waiting_.pop_front();
    transfer(payload);
    idle_.push_back(&turn);
    sc_core::wait(turn);
  }
}

void MemoryBridge::transfer(tlm::tlm_generic_payload& payload) {
  payload.set_address(payload.get_address() + base_);
  sc_core::sc_time delay;
  memory_->b_transport(payload, delay);
  if (delay != sc_core::SC_ZERO_TIME) sc_core::wait(delay);
  if (!payload.is_response_ok()) {
    std::ostringstream text;
    text << "memory: " << (payload.is_write() ? "write" : "read") << " of " << payload.get_data_length()
         << " bytes at address " << payload.get_address() << ": expected TLM_OK_RESPONSE, got "
         << payload.get_response_string();
    return failed_(text.str());
  }
  count(payload);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  delay = sc_core::SC_ZERO_TIME;
  dma->nb_transport_bw(payload, phase, delay);
}

void MemoryBridge::count(const tlm::tlm_generic_payload& payload) {
  if (traffic_ == nullptr) return;
  const auto& what = *payload.get_extension<TransferExtension>();
  const auto bytes = static_cast<int64_t>(payload.get_data_length());
  if (what.kind == TransferKind::weight) {
    traffic_->count_weights(what.op, bytes);
  } else {
    traffic_->count_row(what.kind, what.tensor, what.row, bytes);
  }
}

void MemoryBridge::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
}

bool MemoryBridge::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) { return false; }

unsigned int MemoryBridge::transport_dbg(tlm::tlm_generic_payload&) { return 0; }

tlm::tlm_sync_enum MemoryBridge::nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&,
                                                 sc_core::sc_time&) {
  SC_REPORT_FATAL("accelerator", "expected a memory that answers b_transport alone");
  return tlm::TLM_COMPLETED;
}

void MemoryBridge::invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) {}

}  // namespace fusesim::hw
