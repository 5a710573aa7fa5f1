#pragma once

#include <exception>
#include <functional>
#include <systemc>

namespace fusesim::testing {

/// Runs `body` in an SC_THREAD to the end of the simulation and rethrows what it threw. Once per process.
inline void run_in_thread(const std::function<void()>& body) {
  std::exception_ptr failure;
  sc_core::sc_set_stop_mode(sc_core::SC_STOP_IMMEDIATE);
  sc_core::sc_spawn([&] {
    try {
      body();
    } catch (...) {
      failure = std::current_exception();
    }
    sc_core::sc_stop();
  });
  sc_core::sc_start();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace fusesim::testing
