#include "child.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <optional>

#include "fusesim/base/error.h"

namespace fusesim::importer {
namespace {

/// What the child leaves behind even where it dies.
struct Traces {
  Place place;
  bool out_of_memory = false;
};

/// Memory that parent and child share.
class SharedTraces {
 public:
  SharedTraces() {
    void* memory = ::mmap(nullptr, sizeof(Traces), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw Error(std::string("cannot share memory: ") + std::strerror(errno));
    traces_ = new (memory) Traces;
  }
  ~SharedTraces() { ::munmap(traces_, sizeof(Traces)); }
  SharedTraces(const SharedTraces&) = delete;
  SharedTraces& operator=(const SharedTraces&) = delete;
  Traces& operator*() const { return *traces_; }

 private:
  Traces* traces_;
};

/// Traces of this process, for the handler of failing allocations, which takes no argument.
Traces* child_traces = nullptr;

[[noreturn]] void note_lack_of_memory() {
  child_traces->out_of_memory = true;
  throw std::bad_alloc();
}

/// Address space that this process has now, in bytes.
rlim_t address_space() {
  rlim_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

/// Sets the soft limit, never above what this process may have.
void limit(__rlimit_resource resource, rlim_t amount, rlim_t hard) {
  rlimit both{};
  ::getrlimit(resource, &both);
  both.rlim_max = std::min(both.rlim_max, hard);
  both.rlim_cur = std::min(amount, both.rlim_max);
  ::setrlimit(resource, &both);
}

void set_limits(const ImportLimits& limits) {
  const auto seconds = static_cast<rlim_t>(limits.cpu_seconds);
  limit(RLIMIT_AS, address_space() + static_cast<rlim_t>(limits.memory_bytes), RLIM_INFINITY);
  limit(RLIMIT_CPU, seconds, seconds + 1);
  limit(RLIMIT_CORE, 0, 0);
  std::signal(SIGXCPU, SIG_DFL);
  sigset_t out_of_time;
  ::sigemptyset(&out_of_time);
  ::sigaddset(&out_of_time, SIGXCPU);
  ::sigprocmask(SIG_UNBLOCK, &out_of_time, nullptr);
}

bool write_all(int descriptor, const std::string& bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t wrote = ::write(descriptor, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) done += static_cast<size_t>(wrote);
  }
  return true;
}

std::string read_all(int descriptor) {
  constexpr size_t kStep = size_t{1} << 16;
  std::string bytes;
  size_t size = 0;
  for (;;) {
    if (bytes.size() - size < kStep) bytes.resize(std::max(2 * bytes.size(), 2 * kStep));
    const ssize_t got = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

constexpr int kWorkThrew = 1;
constexpr int kNotHandedBack = 2;

/// Leaves without destructors and without flushing streams, which are the parent's.
[[noreturn]] void be_child(const ImportLimits& limits, const std::function<std::string(Place&)>& work,
                           Traces& traces, int descriptor, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kNotHandedBack);
  std::set_terminate([] { ::_exit(kWorkThrew); });
  child_traces = &traces;
  std::set_new_handler(note_lack_of_memory);
  set_limits(limits);
  try {
    const std::string bytes = work(traces.place);
    ::_exit(write_all(descriptor, bytes) ? 0 : kNotHandedBack);
  } catch (const std::bad_alloc&) {
    traces.out_of_memory = true;
  } catch (...) {
  }
  ::_exit(kWorkThrew);
}

/// Nothing where this process ignores the ends of its children.
std::optional<int> wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return std::nullopt;
  }
  return status;
}

std::string describe(int status) {
  if (WIFEXITED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  return "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
}

std::string size_text(int64_t bytes) {
  int64_t amount = bytes;
  const char* unit = " bytes";
  for (const char* larger : {" KiB", " MiB", " GiB"}) {
    if (amount == 0 || amount % 1024 != 0) break;
    amount /= 1024;
    unit = larger;
  }
  return std::to_string(amount) + unit;
}

ChildEnd end_of(std::optional<int> status, const Traces& traces, std::string bytes) {
  using How = ChildEnd::How;
  const bool done = status ? WIFEXITED(*status) && WEXITSTATUS(*status) == 0 : !bytes.empty();
  if (done) return {How::done, std::move(bytes), "", ""};
  ChildEnd end{How::died, "", traces.place.text(), status ? describe(*status) : "unknown cause"};
  if (traces.out_of_memory) end.how = How::out_of_memory;
  if (status && WIFSIGNALED(*status) && WTERMSIG(*status) == SIGXCPU) end.how = How::out_of_time;
  return end;
}

}  // namespace

std::string explain(const ChildEnd& end, const ImportLimits& limits) {
  std::string text = end.place.empty() ? "" : end.place + ": ";
  switch (end.how) {
    case ChildEnd::How::done:
      return text + "the import is done";
    case ChildEnd::How::out_of_memory:
      text += "the import needs more than " + size_text(limits.memory_bytes) + " of address space";
      break;
    case ChildEnd::How::out_of_time:
      text += "the import takes more than " + std::to_string(limits.cpu_seconds) + " s of CPU time";
      break;
    case ChildEnd::How::died:
      return text + "the import died of " + end.reason;
  }
  return text + ": raise --import-limit";
}

ChildEnd run_in_child(const ImportLimits& limits, const std::function<std::string(Place&)>& work) {
  const SharedTraces traces;
  int ends[2];
  if (::pipe(ends) != 0) throw Error(std::string("cannot open a pipe: ") + std::strerror(errno));
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    be_child(limits, work, *traces, ends[1], parent);
  }
  const int failure = errno;
  ::close(ends[1]);
  std::string bytes = child > 0 ? read_all(ends[0]) : "";
  ::close(ends[0]);
  if (child < 0) throw Error(std::string("cannot start a process: ") + std::strerror(failure));
  return end_of(wait_for(child), *traces, std::move(bytes));
}

}  // namespace fusesim::importer
