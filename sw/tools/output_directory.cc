#include "fusesim/tools/output_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw Error("--out: '" + path + "': " + reason);
}

/// Removes what was made on the way, last first, unless kept.
class Undo {
 public:
  Undo() = default;
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;
  ~Undo() {
    std::error_code ignored;
    for (auto it = made_.rbegin(); it != made_.rend(); ++it) fs::remove(*it, ignored);
  }
  void made(const fs::path& path) { made_.push_back(path); }
  void keep() { made_.clear(); }

 private:
  std::vector<fs::path> made_;
};

void make_directories(const std::string& path, Undo& undo) {
  std::vector<fs::path> missing;
  std::error_code error;
  for (fs::path p = fs::absolute(path, error).lexically_normal(); !fs::exists(p, error);
       p = p.parent_path()) {
    if (error) refuse(path, error.message());
    if (p == p.parent_path()) break;
    missing.push_back(p);
  }
  for (auto it = missing.rbegin(); it != missing.rend(); ++it) {
    if (fs::create_directory(*it, error)) undo.made(*it);
    if (error) refuse(path, "cannot make directory: " + error.message());
  }
  if (!fs::is_directory(path, error)) refuse(path, "not a directory");
}

/// Creates `file` with this content on the disk.
void write_flushed(const std::string& directory, const fs::path& file, const std::string& content,
                   Undo& undo) {
  const auto check = [&](bool good) {
    if (!good) refuse(directory, "cannot write " + file.filename().string() + ": " + std::strerror(errno));
  };
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  check(descriptor >= 0);
  undo.made(file);
  size_t done = 0;
  bool good = true;
  while (good && done < content.size()) {
    const ssize_t n = ::write(descriptor, content.data() + done, content.size() - done);
    if (n < 0 && errno == EINTR) continue;
    good = n > 0;
    if (good) done += static_cast<size_t>(n);
  }
  good = good && ::fsync(descriptor) == 0;
  const int fault = errno;
  const bool closed = ::close(descriptor) == 0;
  if (!good) errno = fault;
  check(good && closed);
}

fs::path temporary(const std::string& directory, const std::string& name) {
  return fs::path(directory) / ("." + name + "." + std::to_string(::getpid()) + ".tmp");
}

void flush_directory(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

OutputDirectory::OutputDirectory(std::string path, const std::vector<std::string>& names)
    : path_(std::move(path)) {
  if (path_.empty()) refuse(path_, "expected a directory, got nothing");
  Undo undo;
  make_directories(path_, undo);
  write_flushed(path_, temporary(path_, "probe"), "probe\n", undo);
  std::error_code ignored;
  for (const std::string& name : names) {
    if (fs::is_directory(fs::path(path_) / name, ignored)) refuse(path_, name + " is a directory");
  }
}

void OutputDirectory::write(const std::vector<OutputFile>& files) const {
  Undo undo;
  make_directories(path_, undo);
  for (const OutputFile& file : files) {
    write_flushed(path_, temporary(path_, file.name), file.content, undo);
  }
  for (const OutputFile& file : files) {
    std::error_code error;
    fs::rename(temporary(path_, file.name), fs::path(path_) / file.name, error);
    if (error) refuse(path_, "cannot write " + file.name + ": " + error.message());
  }
  undo.keep();
  flush_directory(path_);
}

}  // namespace fusesim
