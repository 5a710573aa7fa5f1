#include "fusesim/base/unfinished_files.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iterator>

namespace fusesim {
namespace {

/// Every signal whose default is to end a program, and that says nothing of a fault in it.
constexpr int kEnding[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM,   SIGTERM,
                           SIGUSR1, SIGUSR2, SIGXCPU, SIGPROF, SIGVTALRM, SIGIO};

/// Plain memory, so that a handler can read it at any moment.
struct Slot {
  std::atomic<bool> taken{false};
  std::atomic<bool> named{false};
  std::array<char, 4096> path{};
};

/// A run has a trace, a timeline and a waveform at most; a file beyond the last slot stays behind.
std::array<Slot, 8> slots;
std::atomic<int> waiting{0};
std::atomic<int> held_back{0};
std::atomic<pid_t> owner{0};

static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

/// Takes effect where the signal is let through: at the end of a handler, at once elsewhere.
void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

void handle(int signal) {
  const int error = errno;
  if (::getpid() != owner) {
    die_of(signal);
  } else if (waiting > 0) {
    held_back = signal;
  } else {
    for (const Slot& slot : slots) {
      if (slot.named) ::unlink(slot.path.data());
    }
    die_of(signal);
  }
  errno = error;
}

/// Handles signals from the first user on until the last one goes.
class Handlers {
 public:
  void use() {
    if (users_++ > 0) return;
    owner = ::getpid();
    struct sigaction ours {};
    ours.sa_handler = handle;
    ours.sa_flags = SA_RESTART;
    ::sigfillset(&ours.sa_mask);
    for (size_t i = 0; i < before_.size(); ++i) {
      ::sigaction(kEnding[i], nullptr, &before_[i]);
      if (before_[i].sa_handler == SIG_DFL) ::sigaction(kEnding[i], &ours, nullptr);
    }
  }
  void leave() {
    if (--users_ > 0) return;
    for (size_t i = 0; i < before_.size(); ++i) {
      if (before_[i].sa_handler == SIG_DFL) ::sigaction(kEnding[i], &before_[i], nullptr);
    }
  }

 private:
  int users_ = 0;
  std::array<struct sigaction, std::size(kEnding)> before_{};
};

Handlers& handlers() {
  static Handlers one;
  return one;
}

}  // namespace

UnfinishedFile::UnfinishedFile(const std::string& path) : slot_(-1) {
  for (size_t i = 0; i < slots.size() && slot_ < 0; ++i) {
    Slot& slot = slots[i];
    if (path.size() >= slot.path.size() || slot.taken.exchange(true)) continue;
    std::memcpy(slot.path.data(), path.c_str(), path.size() + 1);
    slot.named = true;
    slot_ = static_cast<int>(i);
  }
  handlers().use();
}

UnfinishedFile::~UnfinishedFile() {
  handlers().leave();
  if (slot_ < 0) return;
  Slot& slot = slots[static_cast<size_t>(slot_)];
  slot.named = false;
  slot.taken = false;
}

SignalsWait::SignalsWait() {
  ++waiting;
  handlers().use();
}

SignalsWait::~SignalsWait() {
  --waiting;
  const int signal = waiting > 0 ? 0 : held_back.exchange(0);
  if (signal != 0) handle(signal);
  handlers().leave();
}

}  // namespace fusesim
