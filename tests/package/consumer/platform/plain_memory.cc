// An accelerator and a memory in a platform: the memory is one of TLM-2.0's plainest.
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <iostream>
#include <vector>

#include "host.h"

using namespace fusesim;

namespace {

/// So many bytes, 8 of them a nanosecond, the first after 50 ns.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> socket{"socket"};

  Memory(const sc_core::sc_module_name& name, int64_t bytes)
      : sc_module(name), content_(static_cast<size_t>(bytes)) {
    socket.register_b_transport(this, &Memory::access);
  }

 private:
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const size_t bytes = payload.get_data_length();
    if (payload.get_address() + bytes > content_.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    unsigned char* const here = content_.data() + payload.get_address();
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), here, bytes);
    if (payload.is_write()) std::memcpy(here, payload.get_data_ptr(), bytes);
    const sc_core::sc_time now = sc_core::sc_time_stamp() + delay;
    free_ = std::max(free_, now) + sc_core::sc_time(static_cast<double>(bytes) / 8, sc_core::SC_NS);
    delay += free_ - now + sc_core::sc_time(50, sc_core::SC_NS);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  std::vector<unsigned char> content_;
  sc_core::sc_time free_;  // when the access before is over
};

int run(const char* model_name) {
  const Config config = machine("ethos_u55_256");
  const Planned planned = plan(model_name, config);
  Accelerator accelerator("accelerator", config, {planned.schedule});
  Memory memory("memory", memory_bytes(config, planned.schedule));
  Host host("host", 1, [](Host& self) {
    self.start(0);
    sc_core::wait(self.ended(0));
  });
  sc_core::sc_signal<bool> interrupt;
  accelerator.memory.bind(memory.socket);
  accelerator.interrupt(interrupt);
  host.controls[0].bind(accelerator.control);
  host.interrupts[0](interrupt);
  sc_core::sc_start();
  return confirmed(planned, accelerator) ? 0 : 1;
}

}  // namespace

/// Exit code 0: every byte confirmed.
int sc_main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 3;
  }
}
