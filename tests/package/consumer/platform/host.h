#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <tlm>
#include <utility>

#include "fusesim/hw/accelerator.h"
#include "fusesim/schedule/schedule.h"

/// A network of the zoo and how it runs.
struct Planned {
  std::string name;
  fusesim::Schedule schedule;
  fusesim::Prediction prediction;
};

/// Plans a network under LBDF for a machine. Throws fusesim::Error.
Planned plan(const std::string& model_name, const fusesim::Config& config);
/// A file of configs/accelerators; "": the built-in machine.
fusesim::Config machine(const std::string& name);
/// Prints what an accelerator moved, and says whether every byte of it was predicted.
bool confirmed(const Planned& planned, const fusesim::Accelerator& accelerator);

/// The processor: a program that talks to accelerators through their registers.
class Host : public sc_core::sc_module {
 public:
  /// One for each accelerator.
  sc_core::sc_vector<tlm_utils::simple_initiator_socket<Host>> controls;
  sc_core::sc_vector<sc_core::sc_in<bool>> interrupts;

  Host(const sc_core::sc_module_name& name, unsigned accelerators, std::function<void(Host&)> program)
      : sc_module(name),
        controls("controls", accelerators),
        interrupts("interrupts", accelerators),
        program_(std::move(program)) {
    SC_THREAD(run);
  }
  SC_HAS_PROCESS(Host);

  void write(unsigned accelerator, fusesim::AcceleratorRegister address, uint32_t word) {
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(static_cast<uint64_t>(address));
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    payload.set_data_length(sizeof word);
    payload.set_streaming_width(sizeof word);
    sc_core::sc_time delay;
    controls[accelerator]->b_transport(payload, delay);
    if (!payload.is_response_ok()) SC_REPORT_ERROR("host", payload.get_response_string().c_str());
  }
  void start(unsigned accelerator) {
    write(accelerator, fusesim::AcceleratorRegister::command,
          static_cast<uint32_t>(fusesim::AcceleratorCommand::start));
  }
  const sc_core::sc_event& ended(unsigned accelerator) { return interrupts[accelerator].posedge_event(); }

 private:
  void run() {
    program_(*this);
    sc_core::sc_stop();
  }

  std::function<void(Host&)> program_;
};
