#include "fusesim/sweep/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

bool redirect(const char* path, int flags, int descriptor) {
  const int opened = ::open(path, flags, 0666);
  return opened >= 0 && ::dup2(opened, descriptor) >= 0 && (opened == descriptor || ::close(opened) == 0);
}

/// In the child, after fork: only async-signal-safe calls.
[[noreturn]] void become(const Command& command, char* const* argv, const sigset_t& mask, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const bool orphan = ::getppid() != parent;
  ::setpgid(0, 0);  // a terminal's Ctrl-C is the parent's to act on
  const int write_flags = O_WRONLY | O_CREAT | O_TRUNC;
  if (!orphan && ::sigprocmask(SIG_SETMASK, &mask, nullptr) == 0 && redirect("/dev/null", O_RDONLY, 0) &&
      redirect(command.out.c_str(), write_flags, 1) && redirect(command.err.c_str(), write_flags, 2) &&
      (command.folder.empty() || ::chdir(command.folder.c_str()) == 0)) {
    ::execvp(command.program.c_str(), argv);
  }
  ::_exit(127);
}

}  // namespace

SignalGate::SignalGate() {
  ::sigemptyset(&held_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::sigaddset(&held_, signal);
  ::sigprocmask(SIG_BLOCK, &held_, &outer_);
}

SignalGate::~SignalGate() { ::sigprocmask(SIG_SETMASK, &outer_, nullptr); }

int SignalGate::wait(std::chrono::milliseconds longest) {
  if (stop_ != 0) return stop_;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest);
  const timespec limit{seconds.count(), std::chrono::nanoseconds(longest - seconds).count()};
  const int signal = ::sigtimedwait(&held_, nullptr, &limit);
  if (signal > 0 && signal != SIGCHLD) stop_ = signal;
  return stop_;
}

ChildPool::~ChildPool() { kill_all(); }

pid_t ChildPool::start(const Command& command) {
  std::string program = command.program;
  std::vector<std::string> arguments = command.arguments;
  std::vector<char*> argv = {program.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(command, argv.data(), gate_.outer_mask(), parent);
  if (child < 0) throw Error(command.program + ": cannot start a process: " + std::strerror(errno));
  children_[child] = {Clock::now(), false};
  return child;
}

std::vector<Ended> ChildPool::collect(std::optional<double> timeout_seconds) {
  std::vector<Ended> ended;
  const Clock::time_point now = Clock::now();
  for (auto it = children_.begin(); it != children_.end();) {
    const auto& [pid, child] = *it;
    const double seconds = std::chrono::duration<double>(now - child.started).count();
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) != pid) {
      if (timeout_seconds && seconds > *timeout_seconds) {
        it->second.timed_out = true;
        ::kill(pid, SIGKILL);
      }
      ++it;
      continue;
    }
    Ended end{pid, -1, 0, child.timed_out, seconds};
    if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    ended.push_back(end);
    it = children_.erase(it);
  }
  return ended;
}

void ChildPool::kill_all() {
  for (const auto& [pid, child] : children_) ::kill(pid, SIGKILL);
  for (const auto& [pid, child] : children_) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  children_.clear();
}

}  // namespace fusesim
