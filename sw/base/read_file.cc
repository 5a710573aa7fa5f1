#include "fusesim/base/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "fusesim/base/error.h"
#include "fusesim/base/text.h"

namespace fusesim {
namespace {

FileFault fault_of(int error) {
  if (error == ENOENT) return {FileFault::Kind::missing, "no such file"};
  // A socket, or a device that nobody serves.
  if (error == ENXIO || error == ENODEV) return {FileFault::Kind::special, "a device or pipe"};
  return {FileFault::Kind::unreadable, std::strerror(error)};
}

/// A regular file that is open for reading.
class InputFile {
 public:
  explicit InputFile(const std::string& path) {
    if (path.find('\0') != std::string::npos) {
      fault_ = fault_of(EINVAL);
      return;
    }
    // O_NONBLOCK: a pipe opens without a writer, and is refused below.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) {
      fault_ = fault_of(errno);
    } else if (S_ISDIR(status.st_mode)) {
      fault_ = {FileFault::Kind::directory, "a directory"};
    } else if (!S_ISREG(status.st_mode)) {
      fault_ = {FileFault::Kind::special, "a device or pipe"};
    }
    size_ = status.st_size;
  }
  ~InputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::optional<FileFault>& fault() const { return fault_; }
  int64_t size() const { return size_; }

  /// The next bytes, fewer than `count` only at the end of the file or at a fault.
  std::string read(int64_t count) {
    constexpr size_t kStep = size_t{1} << 20;
    std::string bytes;
    while (!fault_ && static_cast<int64_t>(bytes.size()) < count) {
      const size_t done = bytes.size();
      bytes.resize(done + std::min(kStep, static_cast<size_t>(count) - done));
      const ssize_t got = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
      const int error = errno;
      bytes.resize(done + static_cast<size_t>(std::max<ssize_t>(got, 0)));
      if (got < 0 && error != EINTR) fault_ = fault_of(error);
      if (got == 0) break;
    }
    return bytes;
  }

  bool seek(int64_t offset) { return !fault_ && ::lseek(descriptor_, offset, SEEK_SET) == offset; }

 private:
  int descriptor_ = -1;
  int64_t size_ = 0;
  std::optional<FileFault> fault_;
};

}  // namespace

FileBytes try_read_file(const std::string& path, int64_t most_bytes) {
  InputFile file(path);
  if (file.fault()) return {"", file.fault()};
  const auto too_large = [](int64_t size) {
    return FileBytes{"", FileFault{FileFault::Kind::too_large, std::to_string(size) + " bytes"}};
  };
  if (file.size() > most_bytes) return too_large(file.size());
  // A file may grow, and those of /proc have no size: one byte more tells.
  FileBytes read{file.read(most_bytes + 1), std::nullopt};
  if (file.fault()) return {"", file.fault()};
  if (static_cast<int64_t>(read.bytes.size()) > most_bytes)
    return too_large(static_cast<int64_t>(read.bytes.size()));
  return read;
}

std::string read_file(const std::string& path, int64_t most_bytes) {
  FileBytes read = try_read_file(path, most_bytes);
  if (!read.fault) return std::move(read.bytes);
  const std::string place = escape_controls(path);
  switch (read.fault->kind) {
    case FileFault::Kind::directory:
    case FileFault::Kind::special:
      throw Error(place + ": expected a regular file, got " + read.fault->text);
    case FileFault::Kind::too_large:
      throw Error(place + ": expected at most " + std::to_string(most_bytes) + " bytes, got " +
                  read.fault->text);
    case FileFault::Kind::missing:
      throw Error(place + ": cannot read: " + std::strerror(ENOENT));
    case FileFault::Kind::unreadable:
      break;
  }
  throw Error(place + ": cannot read: " + read.fault->text);
}

std::optional<std::string> read_file_part(const std::string& path, int64_t offset, int64_t size) {
  InputFile file(path);
  if (file.fault() || size > file.size() || offset > file.size() - size) return std::nullopt;
  if (!file.seek(offset)) return std::nullopt;
  std::string bytes = file.read(size);
  if (static_cast<int64_t>(bytes.size()) != size) return std::nullopt;
  return bytes;
}

}  // namespace fusesim
