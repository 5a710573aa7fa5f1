#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/sweep/directory.h"

namespace fusesim {
namespace {

/// Descriptor with the lock, or -1 if `operation` does not wait and another process has it.
int open_locked(const std::filesystem::path& path, int operation) {
  const auto refuse = [&] {
    throw Error("--out: '" + path.string() + "': cannot lock: " + std::strerror(errno));
  };
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) refuse();
  int result = 0;
  do {
    result = ::flock(descriptor, operation);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return descriptor;
  const int fault = errno;
  ::close(descriptor);
  errno = fault;
  if (fault != EWOULDBLOCK) refuse();
  return -1;
}

int operation_of(FileLock::Mode mode) { return mode == FileLock::Mode::shared ? LOCK_SH : LOCK_EX; }

}  // namespace

std::optional<FileLock> FileLock::try_lock(const std::filesystem::path& path, Mode mode) {
  const int descriptor = open_locked(path, operation_of(mode) | LOCK_NB);
  if (descriptor < 0) return std::nullopt;
  return FileLock(descriptor);
}

FileLock FileLock::lock(const std::filesystem::path& path, Mode mode) {
  return FileLock(open_locked(path, operation_of(mode)));
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace fusesim
