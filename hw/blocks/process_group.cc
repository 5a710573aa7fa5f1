#include "blocks/process_group.h"

#include <utility>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {

void ProcessGroup::spawn(std::function<void()> body) {
  ++live_;
  sc_core::sc_spawn([this, body = std::move(body)] { run(body); });
}

void ProcessGroup::run(const std::function<void()>& body) {
  try {
    body();
    --live_;
    check_progress();
  } catch (const sc_core::sc_unwind_exception&) {
    throw;
  } catch (...) {
    if (!failure_) failure_ = std::current_exception();
  }
  if (live_ == 0 || failure_) ended_.notify(sc_core::SC_ZERO_TIME);
}

void ProcessGroup::block(Signal& signal, std::function<std::string()> describe) {
  const int64_t ticket = next_ticket_++;
  waits_.emplace(ticket, std::move(describe));
  ++signal.waiting_;
  ++blocked_;
  check_progress();
  sc_core::wait(signal.event_);
  waits_.erase(ticket);
}

void ProcessGroup::notify(Signal& signal) {
  if (signal.waiting_ == 0) return;
  blocked_ -= signal.waiting_;
  signal.waiting_ = 0;
  signal.event_.notify();  // immediate: wakes exactly those that were counted
}

void ProcessGroup::check_progress() const {
  if (live_ == 0 || blocked_ < live_) return;
  std::string message = "nothing can move:";
  for (const auto& [ticket, describe] : waits_)
    message += (ticket == waits_.begin()->first ? " " : "; ") + describe();
  throw SimulationError(SimulationError::Guard::deadlock, message);
}

void ProcessGroup::join() {
  while (live_ > 0 && !failure_) sc_core::wait(ended_);
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace fusesim::hw
