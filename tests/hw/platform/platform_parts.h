#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <systemc>
#include <tlm>

#include "fusesim/hw/accelerator.h"

namespace fusesim::testing {

/// A memory of somebody else: one access after another at a fixed rate, plus a latency. Remembers what it
/// was asked.
class PlainMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<PlainMemory> socket{"socket"};

  explicit PlainMemory(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_b_transport(this, &PlainMemory::access);
  }

  int64_t read_bytes = 0, written_bytes = 0;
  uint64_t lowest = std::numeric_limits<uint64_t>::max();
  uint64_t end = 0;
  int64_t under_way = 0, most_under_way = 0;
  uint64_t broken_from = std::numeric_limits<uint64_t>::max();  ///< addresses from here on are errors

 private:
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const uint64_t address = payload.get_address();
    const unsigned bytes = payload.get_data_length();
    if (address + bytes > broken_from) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    most_under_way = std::max(most_under_way, ++under_way);
    if (payload.is_read()) std::memset(payload.get_data_ptr(), 0, bytes);
    (payload.is_read() ? read_bytes : written_bytes) += bytes;
    lowest = std::min(lowest, address);
    end = std::max(end, address + bytes);
    const sc_core::sc_time now = sc_core::sc_time_stamp() + delay;
    free_ = std::max(free_, now) + sc_core::sc_time(bytes / 16.0, sc_core::SC_NS);
    sc_core::wait(free_ - now);
    delay += sc_core::sc_time(40, sc_core::SC_NS);
    --under_way;
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  sc_core::sc_time free_;
};

/// The processor of a platform: writes and reads registers, waits for interrupts.
class Host : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Host> control{"control"};
  sc_core::sc_in<bool> interrupt{"interrupt"};

  explicit Host(const sc_core::sc_module_name& name) : sc_module(name) {}

  tlm::tlm_response_status access(tlm::tlm_command command, uint64_t address, uint32_t& word) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, word);
    sc_core::sc_time delay;
    control->b_transport(payload, delay);
    return payload.get_response_status();
  }
  tlm::tlm_response_status write(AcceleratorRegister address, uint32_t word) {
    return access(tlm::TLM_WRITE_COMMAND, static_cast<uint64_t>(address), word);
  }
  tlm::tlm_response_status start() {
    return write(AcceleratorRegister::command, static_cast<uint32_t>(AcceleratorCommand::start));
  }
  uint32_t read(AcceleratorRegister address) {
    uint32_t word = 0;
    access(tlm::TLM_READ_COMMAND, static_cast<uint64_t>(address), word);
    return word;
  }
  /// By nb_transport_fw; 0 unless it is answered at once.
  uint32_t access_at_once(AcceleratorRegister address) {
    uint32_t word = 0;
    tlm::tlm_generic_payload payload;
    fill(payload, tlm::TLM_READ_COMMAND, static_cast<uint64_t>(address), word);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    const bool done = control->nb_transport_fw(payload, phase, delay) == tlm::TLM_COMPLETED;
    return done && payload.is_response_ok() ? word : 0;
  }
  /// By transport_dbg.
  uint32_t peek(AcceleratorRegister address) {
    uint32_t word = 0;
    tlm::tlm_generic_payload payload;
    fill(payload, tlm::TLM_READ_COMMAND, static_cast<uint64_t>(address), word);
    return control->transport_dbg(payload) == sizeof word ? word : 0;
  }
  AcceleratorStatus status() { return static_cast<AcceleratorStatus>(read(AcceleratorRegister::status)); }
  /// Starts, and waits for the interrupt.
  void run(uint32_t schedule) {
    write(AcceleratorRegister::schedule, schedule);
    start();
    sc_core::wait(interrupt.posedge_event());
  }

 private:
  static void fill(tlm::tlm_generic_payload& payload, tlm::tlm_command command, uint64_t address,
                   uint32_t& word) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    payload.set_data_length(sizeof word);
    payload.set_streaming_width(sizeof word);
  }
};

/// An accelerator with a host of its own.
struct HostedAccelerator {
  HostedAccelerator(const char* name, const Config& config, const std::vector<Schedule>& schedules)
      : host(sc_core::sc_gen_unique_name("host")), accelerator(name, config, schedules) {
    host.control.bind(accelerator.control);
    accelerator.interrupt(line);
    host.interrupt(line);
  }

  Host host;
  Accelerator accelerator;
  sc_core::sc_signal<bool> line{sc_core::sc_gen_unique_name("line")};
};

}  // namespace fusesim::testing
