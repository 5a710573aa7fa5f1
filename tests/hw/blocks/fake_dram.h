#pragma once

#include <algorithm>
#include <deque>
#include <set>
#include <systemc>
#include <tlm>
#include <vector>

#include "dram_tlm/payload_pool.h"

namespace fusesim::hw {

/// A target that answers every payload 100 ns later and writes down what came.
class FakeDram : public sc_core::sc_module, private tlm::tlm_fw_transport_if<> {
 public:
  SC_HAS_PROCESS(FakeDram);
  tlm::tlm_target_socket<> socket{"socket"};

  explicit FakeDram(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.bind(*this);
    SC_METHOD(respond);
    sensitive << respond_;
    dont_initialize();
    SC_METHOD(end_request);
    sensitive << end_request_;
    dont_initialize();
  }

  /// From now on END_REQ comes 30 ns after BEGIN_REQ.
  void hold_requests() { hold_ = true; }
  void forget() { tensors_.clear(); }

  const std::vector<TensorId>& tensors() const { return tensors_; }  ///< of the payloads, in order
  int64_t bytes() const { return bytes_; }
  int64_t most_outstanding_bursts() const { return most_outstanding_bursts_; }
  /// BEGIN_REQ that came before the END_REQ of the one before.
  int64_t early_requests() const { return early_requests_; }
  size_t payloads_seen() const { return payloads_.size(); }
  /// References that the initiator held at BEGIN_REQ.
  const std::vector<int>& reference_counts() const { return reference_counts_; }

 private:
  struct Pending {
    tlm::tlm_generic_payload* payload;
    sc_core::sc_time due;
  };

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time&) override {
    early_requests_ += held_ != nullptr ? 1 : 0;
    const auto& what = *payload.get_extension<TransferExtension>();
    tensors_.push_back(what.tensor);
    payloads_.insert(&payload);
    reference_counts_.push_back(payload.get_ref_count());
    bytes_ += static_cast<int64_t>(payload.get_data_length());
    outstanding_bursts_ += what.bursts;
    most_outstanding_bursts_ = std::max(most_outstanding_bursts_, outstanding_bursts_);
    payload.acquire();
    pending_.push_back({&payload, sc_core::sc_time_stamp() + sc_core::sc_time(100, sc_core::SC_NS)});
    if (pending_.size() == 1) respond_.notify(sc_core::sc_time(100, sc_core::SC_NS));
    if (hold_) {
      held_ = &payload;
      end_request_.notify(sc_core::sc_time(30, sc_core::SC_NS));
      return tlm::TLM_ACCEPTED;
    }
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) override {}
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
  unsigned int transport_dbg(tlm::tlm_generic_payload&) override { return 0; }

  void respond() {
    while (!pending_.empty() && pending_.front().due <= sc_core::sc_time_stamp()) {
      tlm::tlm_generic_payload& payload = *pending_.front().payload;
      pending_.pop_front();
      outstanding_bursts_ -= payload.get_extension<TransferExtension>()->bursts;
      payload.set_response_status(tlm::TLM_OK_RESPONSE);
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time delay;
      socket->nb_transport_bw(payload, phase, delay);
      payload.release();
    }
    if (!pending_.empty()) respond_.notify(pending_.front().due - sc_core::sc_time_stamp());
  }
  void end_request() {
    tlm::tlm_generic_payload& payload = *held_;
    held_ = nullptr;
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay;
    socket->nb_transport_bw(payload, phase, delay);
  }

  sc_core::sc_event respond_, end_request_;
  std::deque<Pending> pending_;
  bool hold_ = false;
  tlm::tlm_generic_payload* held_ = nullptr;
  std::vector<TensorId> tensors_;
  std::set<const tlm::tlm_generic_payload*> payloads_;
  std::vector<int> reference_counts_;
  int64_t bytes_ = 0;
  int64_t outstanding_bursts_ = 0, most_outstanding_bursts_ = 0;
  int64_t early_requests_ = 0;
};

}  // namespace fusesim::hw
