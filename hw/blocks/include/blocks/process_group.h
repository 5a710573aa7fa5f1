#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <systemc>
#include <vector>

namespace fusesim::hw {

/// Something that processes wait for: a ring that gained or lost a row, weights that arrived.
class Signal {
 private:
  friend class ProcessGroup;
  sc_core::sc_event event_;
  int64_t waiting_ = 0;
};

/// SystemC processes that work on one thing together. It notices at once when all of them wait for each
/// other, and carries the first exception of any of them to the caller of join().
class ProcessGroup {
 public:
  ProcessGroup() = default;
  ProcessGroup(const ProcessGroup&) = delete;
  ProcessGroup& operator=(const ProcessGroup&) = delete;

  /// Starts an SC_THREAD. After an exception the group is dead: the simulation must stop without another
  /// wait, and the group must live until it has.
  void spawn(std::function<void()> body);

  /// Blocks the calling process until `ready` holds; it is asked again after each notify(signal). `describe`
  /// says who waits for what. Returns whether there was anything to wait for. Throws SimulationError
  /// (deadlock) if no process of the group can move any more.
  template <class Ready, class Describe>
  bool wait_for(Signal& signal, Ready ready, Describe describe) {
    if (ready()) return false;
    do {
      block(signal, describe);
    } while (!ready());
    return true;
  }
  void notify(Signal& signal);

  /// Blocks the calling SC_THREAD, which is not of the group, until all processes have ended; rethrows the
  /// first exception, once the processes that are left have been unwound.
  void join();

 private:
  void block(Signal& signal, std::function<std::string()> describe);
  void run(const std::function<void()>& body);
  void check_progress() const;
  void forget_ended();

  int64_t live_ = 0;
  int64_t blocked_ = 0;
  int64_t next_ticket_ = 0;
  std::map<int64_t, std::function<std::string()>> waits_;  // by ticket
  std::exception_ptr failure_;
  std::vector<sc_core::sc_process_handle> processes_;  ///< all that have not ended, and others
  sc_core::sc_event ended_;
};

}  // namespace fusesim::hw
