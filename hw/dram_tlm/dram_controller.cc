#include "dram_tlm/dram_controller.h"

#include "dram_tlm/payload_pool.h"

namespace fusesim::hw {
namespace {

/// Bursts that wait behind the schedulers' windows, per burst in a window.
constexpr int64_t kBufferFactor = 4;

int64_t now_ps() { return static_cast<int64_t>(sc_core::sc_time_stamp().value()); }

}  // namespace

DramController::DramController(const sc_core::sc_module_name& name, const DramConfig& config)
    : sc_module(name),
      clock_(config.clock_khz),
      memory_(config),
      capacity_bytes_(config.capacity_bytes()),
      buffer_bursts_(kBufferFactor * config.queue_depth * config.channels) {
  socket.bind(*this);
  SC_METHOD(respond);
  sensitive << wake_;
  dont_initialize();
}

void DramController::reset_state(TrafficCounter* traffic) {
  sc_assert(idle());
  memory_.reset();
  traffic_ = traffic;
  wake_.cancel();
  armed_cycle_ = kNever;
  epoch_ps_ = now_ps();
  taken_ = DramCounts();
}

DramCounts DramController::take_counts() {
  memory_.advance(cycle_now());
  DramCounts since = memory_.counts();
  since -= taken_;
  taken_ += since;
  return since;
}

std::vector<std::pair<int64_t, int64_t>> DramController::take_stops() {
  memory_.advance(cycle_now());
  std::vector<std::pair<int64_t, int64_t>> stops;
  for (const BusRange& range : memory_.stopped_bus())
    stops.emplace_back(epoch_ps_ + clock_.ps_at(range.begin), epoch_ps_ + clock_.ps_at(range.end));
  memory_.forget_until(cycle_now());
  return stops;
}

int64_t DramController::cycle_now() const { return clock_.cycle_at(now_ps() - epoch_ps_); }

tlm::tlm_sync_enum DramController::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_REQ || delay != sc_core::SC_ZERO_TIME || blocked_ != nullptr) {
    SC_REPORT_FATAL("dram", "expected BEGIN_REQ without delay and after the last END_REQ");
  }
  if (!valid(payload)) return tlm::TLM_COMPLETED;
  payload.acquire();
  if (!has_room(payload)) {
    blocked_ = &payload;
    return tlm::TLM_ACCEPTED;
  }
  accept(payload);
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

bool DramController::valid(tlm::tlm_generic_payload& payload) const {
  const auto bytes = static_cast<int64_t>(payload.get_data_length());
  const bool in_range =
      bytes > 0 && payload.get_address() <= static_cast<sc_dt::uint64>(capacity_bytes_ - bytes);
  if (!in_range) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  } else if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
  } else if (payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
  } else {
    return true;
  }
  return false;
}

bool DramController::has_room(const tlm::tlm_generic_payload& payload) const {
  const int64_t bursts = memory_.bursts(static_cast<int64_t>(payload.get_address()),
                                        static_cast<int64_t>(payload.get_data_length()));
  return buffered_bursts_ == 0 || buffered_bursts_ + bursts <= buffer_bursts_;
}

void DramController::accept(tlm::tlm_generic_payload& payload) {
  const auto address = static_cast<int64_t>(payload.get_address());
  const auto bytes = static_cast<int64_t>(payload.get_data_length());
  const auto ticket = static_cast<size_t>(memory_.accept(address, bytes, payload.is_write(), cycle_now()));
  if (ticket >= payloads_.size()) payloads_.resize(ticket + 1, nullptr);
  payloads_[ticket] = &payload;
  buffered_bursts_ += memory_.bursts(address, bytes);
  arm();
}

void DramController::respond() {
  armed_cycle_ = kNever;
  const int64_t cycle = cycle_now();
  memory_.advance(cycle);
  for (int32_t ticket = memory_.take_finished(cycle); ticket >= 0; ticket = memory_.take_finished(cycle)) {
    finish(ticket);
  }
  if (blocked_ != nullptr && has_room(*blocked_)) {
    tlm::tlm_generic_payload& payload = *blocked_;
    blocked_ = nullptr;
    accept(payload);
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay;
    socket->nb_transport_bw(payload, phase, delay);
  }
  arm();
}

void DramController::finish(int32_t ticket) {
  tlm::tlm_generic_payload& payload = *payloads_[static_cast<size_t>(ticket)];
  buffered_bursts_ -= memory_.bursts(static_cast<int64_t>(payload.get_address()),
                                     static_cast<int64_t>(payload.get_data_length()));
  count(payload, memory_.row_hits(ticket));
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay;
  if (socket->nb_transport_bw(payload, phase, delay) != tlm::TLM_COMPLETED) {
    SC_REPORT_FATAL("dram", "expected TLM_COMPLETED in answer to BEGIN_RESP");
  }
  payload.release();
}

void DramController::count(const tlm::tlm_generic_payload& payload, int64_t row_hits) {
  const auto* what = payload.get_extension<TransferExtension>();
  if (traffic_ == nullptr || what == nullptr) return;
  const auto bytes = static_cast<int64_t>(payload.get_data_length());
  const int64_t bursts = memory_.bursts(static_cast<int64_t>(payload.get_address()), bytes);
  if (what->kind == TransferKind::weight) {
    traffic_->count_weights(what->op, bytes, {bursts, row_hits});
  } else {
    traffic_->count_row(what->kind, what->tensor, what->row, bytes, {bursts, row_hits});
  }
}

void DramController::arm() {
  const int64_t cycle = memory_.next_event();
  if (cycle >= armed_cycle_) return;
  armed_cycle_ = cycle;
  const int64_t delay_ps = epoch_ps_ + clock_.ps_at(cycle) - now_ps();
  wake_.notify(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(delay_ps)));
}

void DramController::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
}

bool DramController::get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) { return false; }

unsigned int DramController::transport_dbg(tlm::tlm_generic_payload&) { return 0; }

}  // namespace fusesim::hw
