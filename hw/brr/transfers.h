#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <systemc>
#include <vector>

#include "blocks/memory_port.h"
#include "blocks/shared_unit.h"
#include "blocks/weights_ahead.h"

namespace fusesim::hw {

/// Transfers of one group that are under way. One SC_THREAD, that of the group, starts them and waits for
/// them. It must live until all have ended, after a failure until the kernel has stopped.
class BrrTransfers {
 public:
  /// `memory` must outlive it, and so must `ahead`, weights that were asked for before the group began, and
  /// `activity`, which is told what was waited for.
  explicit BrrTransfers(MemoryPort& memory, WeightsAhead* ahead = nullptr, Activity* activity = nullptr)
      : memory_(memory), ahead_(ahead), activity_(activity) {}
  BrrTransfers(const BrrTransfers&) = delete;
  BrrTransfers& operator=(const BrrTransfers&) = delete;

  /// Returns at once. `done` runs when everything has moved; see MemoryPort::start.
  void start(std::vector<Segment> segments, std::function<void()> done);
  /// Blocks until `ready` holds; it is asked again after each transfer that ends. Throws SimulationError
  /// (deadlock) if none is under way. `cause`: what cycles go to in which only this is waited for.
  template <class Ready>
  void wait_for(Ready ready, const char* what, Cause cause) {
    if (ready()) return;
    do {
      wait_for_one(what);
    } while (!ready());
    if (activity_ != nullptr) activity_->waited(cause);
  }
  /// Blocks until none is under way.
  void drain();

 private:
  void wait_for_one(const char* what);

  MemoryPort& memory_;
  WeightsAhead* ahead_;
  Activity* activity_;
  int64_t under_way_ = 0;
  sc_core::sc_event ended_;
};

}  // namespace fusesim::hw
