#include "blocks/process_group.h"

#include <algorithm>
#include <utility>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {
namespace {

/// That are remembered before those that have ended are forgotten.
constexpr size_t kFewProcesses = 16;

}  // namespace

void ProcessGroup::spawn(std::function<void()> body) {
  ++live_;
  if (processes_.size() >= 2 * static_cast<size_t>(live_) + kFewProcesses) forget_ended();
  processes_.push_back(sc_core::sc_spawn([this, body = std::move(body)] { run(body); }));
}

void ProcessGroup::forget_ended() {
  const auto has_ended = [](const sc_core::sc_process_handle& process) { return process.terminated(); };
  processes_.erase(std::remove_if(processes_.begin(), processes_.end(), has_ended), processes_.end());
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
  if (!failure_) return;
  // Nothing runs any more: what is on the others' stacks would stay there for ever.
  for (sc_core::sc_process_handle& process : processes_) {
    if (!process.terminated()) process.kill();
  }
  std::rethrow_exception(failure_);
}

}  // namespace fusesim::hw
