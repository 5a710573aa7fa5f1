#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fusesim {

using Clock = std::chrono::steady_clock;

/// A program to start: no shell, no standard input.
struct Command {
  std::string program;                 ///< path, or a name that PATH finds
  std::vector<std::string> arguments;  ///< without the program's name
  std::string folder;                  ///< working directory; empty: this process's
  std::string out;                     ///< standard output goes here
  std::string err;                     ///< standard error goes here
};

/// How a child ended.
struct Ended {
  pid_t pid = -1;
  int exit_code = -1;  ///< -1: ended by a signal
  int signal = 0;
  bool timed_out = false;
  double seconds = 0.0;
};

/// Holds back SIGINT, SIGTERM and SIGHUP, and SIGCHLD, so that they are received where the program waits.
class SignalGate {
 public:
  SignalGate();
  ~SignalGate();
  SignalGate(const SignalGate&) = delete;
  SignalGate& operator=(const SignalGate&) = delete;
  /// Waits for a child to end, for `longest`, or for a signal to stop, whichever is first. Returns the signal
  /// to stop, or 0; once there is one, every later call returns it at once.
  int wait(std::chrono::milliseconds longest);
  const sigset_t& outer_mask() const { return outer_; }

 private:
  sigset_t held_{};
  sigset_t outer_{};
  int stop_ = 0;
};

/// The children of this process. They die with it, however it ends.
class ChildPool {
 public:
  explicit ChildPool(const SignalGate& gate) : gate_(gate) {}
  /// Kills what is left.
  ~ChildPool();
  ChildPool(const ChildPool&) = delete;
  ChildPool& operator=(const ChildPool&) = delete;

  /// Throws Error if no process can be made. A program that cannot be executed ends with exit code 127.
  pid_t start(const Command& command);
  /// Children that have ended since the last call; does not wait. Kills those older than `timeout`.
  std::vector<Ended> collect(std::optional<double> timeout_seconds = std::nullopt);
  /// Kills all and waits for their end.
  void kill_all();
  size_t running() const { return children_.size(); }

 private:
  struct Child {
    Clock::time_point started;
    bool timed_out = false;
  };
  const SignalGate& gate_;
  std::map<pid_t, Child> children_;
};

}  // namespace fusesim
