#include "fusesim/tools/interrupt.h"

#include <atomic>

namespace fusesim {
namespace {

// A signal handler may touch nothing else.
std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free);
struct sigaction action_before = {};

void ask_to_stop(int /*signal*/) {
  stop_asked.store(true);
  ::sigaction(SIGINT, &action_before, nullptr);
}

}  // namespace

Interruptible::Interruptible() {
  ::sigaction(SIGINT, nullptr, &before_);
  if (before_.sa_handler == SIG_IGN) return;
  action_before = before_;
  struct sigaction action = {};
  action.sa_handler = ask_to_stop;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGINT, &action, nullptr);
}

Interruptible::~Interruptible() { ::sigaction(SIGINT, &before_, nullptr); }

bool interrupted() { return stop_asked.load(); }

StopFn stop_when_interrupted() { return interrupted; }

}  // namespace fusesim
