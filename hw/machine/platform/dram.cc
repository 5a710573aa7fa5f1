#include "fusesim/hw/dram.h"

#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "dram_tlm/dram_controller.h"
#include "dram_tlm/payload_pool.h"

namespace fusesim {
namespace {

int64_t now_ps() { return static_cast<int64_t>(sc_core::sc_time_stamp().value()); }

const sc_core::sc_time kPicosecond = sc_core::sc_time::from_value(1);

}  // namespace

/// Queues what comes by b_transport and hands it to the controller, which takes one request after another.
class Dram::Front : public sc_core::sc_module, private tlm::tlm_bw_transport_if<> {
 public:
  Front(const sc_core::sc_module_name& name, const DramConfig& config);
  SC_HAS_PROCESS(Front);

  tlm::tlm_fw_transport_if<>& port(size_t index);
  void transfer(size_t port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  DramCounts counts();

 private:
  /// Reused, because the kernel registers every event that is made.
  struct Request {
    tlm::tlm_generic_payload* payload = nullptr;
    sc_core::sc_event done;
  };
  class Port;

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) override;
  void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
  Request& take_request();
  void issue();
  void send(Request& request);
  void finish(tlm::tlm_generic_payload& inner);

  tlm::tlm_initiator_socket<> socket_{"socket"};
  hw::DramController controller_;
  hw::PayloadPool pool_{1};
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<std::unique_ptr<Request>> requests_;
  std::vector<Request*> free_requests_;
  std::map<std::tuple<int64_t, size_t, int64_t>, Request*> waiting_;  // by (time, port, how many came before)
  int64_t came_ = 0;
  bool request_pending_ = false;  // BEGIN_REQ without END_REQ
  DramCounts counted_;
  sc_core::sc_event issue_;
};

/// What a socket of the DRAM is bound to.
class Dram::Front::Port : public tlm::tlm_fw_transport_if<> {
 public:
  Port(Front& front, size_t index) : front_(front), index_(index) {}

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    front_.transfer(index_, payload, delay);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&,
                                     sc_core::sc_time&) override {
    payload.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
  unsigned int transport_dbg(tlm::tlm_generic_payload&) override { return 0; }

  Front& front_;
  size_t index_;
};

Dram::Front::Front(const sc_core::sc_module_name& name, const DramConfig& config)
    : sc_module(name), controller_("controller", config) {
  socket_.bind(*this);
  socket_.bind(controller_.socket);
  SC_METHOD(issue);
  sensitive << issue_;
  dont_initialize();
}

tlm::tlm_fw_transport_if<>& Dram::Front::port(size_t index) {
  ports_.push_back(std::make_unique<Port>(*this, index));
  return *ports_.back();
}

DramCounts Dram::Front::counts() {
  counted_ += controller_.take_counts();
  return counted_;
}

Dram::Front::Request& Dram::Front::take_request() {
  if (free_requests_.empty()) {
    requests_.push_back(std::make_unique<Request>());
    free_requests_.push_back(requests_.back().get());
  }
  Request& request = *free_requests_.back();
  free_requests_.pop_back();
  return request;
}

void Dram::Front::transfer(size_t port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (delay != sc_core::SC_ZERO_TIME) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }
  Request& request = take_request();
  request.payload = &payload;
  waiting_.emplace(std::tuple(now_ps(), port, ++came_), &request);
  // One picosecond later every request of this moment is known, whatever the order of processes.
  issue_.notify(kPicosecond);
  sc_core::wait(request.done);
  free_requests_.push_back(&request);
}

void Dram::Front::issue() {
  while (!request_pending_ && !waiting_.empty()) {
    const auto first = waiting_.begin();
    if (std::get<0>(first->first) == now_ps()) return issue_.notify(kPicosecond);
    Request& request = *first->second;
    waiting_.erase(first);
    send(request);
  }
}

void Dram::Front::send(Request& request) {
  tlm::tlm_generic_payload& inner = pool_.allocate();
  inner.get_extension<hw::TransferExtension>()->owner = &request;
  inner.set_command(request.payload->get_command());
  inner.set_address(request.payload->get_address());
  inner.set_data_length(request.payload->get_data_length());
  inner.set_streaming_width(request.payload->get_data_length());
  inner.set_byte_enable_ptr(request.payload->get_byte_enable_ptr());
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  const tlm::tlm_sync_enum answer = socket_->nb_transport_fw(inner, phase, delay);
  if (answer == tlm::TLM_COMPLETED) return finish(inner);
  request_pending_ = answer == tlm::TLM_ACCEPTED;
}

tlm::tlm_sync_enum Dram::Front::nb_transport_bw(tlm::tlm_generic_payload& inner, tlm::tlm_phase& phase,
                                                sc_core::sc_time&) {
  issue_.notify(sc_core::SC_ZERO_TIME);
  if (phase == tlm::END_REQ) {
    request_pending_ = false;
    return tlm::TLM_ACCEPTED;
  }
  finish(inner);
  return tlm::TLM_COMPLETED;
}

void Dram::Front::finish(tlm::tlm_generic_payload& inner) {
  auto& request = *static_cast<Request*>(inner.get_extension<hw::TransferExtension>()->owner);
  request.payload->set_response_status(inner.get_response_status());
  inner.release();
  request.done.notify(sc_core::SC_ZERO_TIME);
}

Dram::Dram(const sc_core::sc_module_name& name, const DramConfig& config, size_t initiators)
    : sc_module(name), sockets("sockets", initiators), front_(std::make_unique<Front>("front", config)) {
  for (size_t i = 0; i < initiators; ++i) sockets[i].bind(front_->port(i));
}

Dram::~Dram() = default;

DramCounts Dram::counts() { return front_->counts(); }

}  // namespace fusesim
