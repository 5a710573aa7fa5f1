#include "fusesim/tools/output_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/unfinished_files.h"

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

[[noreturn]] void refuse_file(const std::string& directory, const std::string& name, int error) {
  refuse(directory, "cannot write " + name + ": " + std::strerror(error));
}

/// Writes content to the disk and closes. 0, or what went wrong.
int write_and_close(int descriptor, const std::string& content) {
  size_t done = 0;
  int error = 0;
  while (error == 0 && done < content.size()) {
    const ssize_t n = ::write(descriptor, content.data() + done, content.size() - done);
    if (n > 0) done += static_cast<size_t>(n);
    if (n < 0 && errno != EINTR) error = errno;
  }
  if (error == 0 && ::fsync(descriptor) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0) error = errno;
  return error;
}

/// Creates `file` with this content on the disk.
void write_flushed(const std::string& directory, const fs::path& file, const std::string& content,
                   Undo& undo) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) refuse_file(directory, file.filename().string(), errno);
  undo.made(file);
  const int error = write_and_close(descriptor, content);
  if (error != 0) refuse_file(directory, file.filename().string(), error);
}

fs::path temporary(const std::string& directory, const std::string& name, const char* use = "") {
  return fs::path(directory) / ("." + name + use + "." + std::to_string(::getpid()) + ".tmp");
}

/// The directory takes new files. The one that shows it has no name, and so goes whatever ends the program;
/// where the file system has none such, it has one.
void probe(const std::string& directory, Undo& undo) {
  const std::string content = "probe\n";
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (descriptor < 0) return write_flushed(directory, temporary(directory, "probe"), content, undo);
  const int error = write_and_close(descriptor, content);
  if (error != 0) refuse_file(directory, "a file", error);
}

/// Puts new files in the places of old ones, and the old ones back unless all are kept.
class Replacement {
 public:
  Replacement() = default;
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement() {
    std::error_code ignored;
    for (auto it = replaced_.rbegin(); it != replaced_.rend(); ++it) {
      if (it->had_old) {
        fs::rename(it->old, it->place, ignored);
      } else {
        fs::remove(it->place, ignored);
      }
    }
  }

  /// Moves what was written beside the place of `name` there.
  void put(const std::string& directory, const std::string& name, Undo& undo) {
    const Replaced one{fs::path(directory) / name, temporary(directory, name, ".old"),
                       keep_old(directory, name, undo)};
    std::error_code error;
    fs::rename(temporary(directory, name), one.place, error);
    if (error) refuse(directory, "cannot write " + name + ": " + error.message());
    replaced_.push_back(one);
  }
  void keep() { replaced_.clear(); }

 private:
  struct Replaced {
    fs::path place, old;
    bool had_old;
  };

  /// A second name for the file that is there, or a copy where the file system has no such names. False:
  /// there is none.
  static bool keep_old(const std::string& directory, const std::string& name, Undo& undo) {
    const fs::path place = fs::path(directory) / name;
    const fs::path old = temporary(directory, name, ".old");
    std::error_code error;
    const fs::file_type type = fs::symlink_status(place, error).type();
    if (type == fs::file_type::not_found || type == fs::file_type::directory) return false;
    fs::remove(old, error);
    fs::create_hard_link(place, old, error);
    if (error) {
      error.clear();
      fs::copy(place, old, fs::copy_options::copy_symlinks, error);
    }
    undo.made(old);
    if (error) refuse(directory, "cannot keep " + name + ": " + error.message());
    return true;
  }

  std::vector<Replaced> replaced_;
};

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
  probe(path_, undo);
  std::error_code ignored;
  for (const std::string& name : names) {
    if (fs::is_directory(fs::path(path_) / name, ignored)) refuse(path_, name + " is a directory");
  }
}

void OutputDirectory::write(const std::vector<OutputFile>& files) const { write_together({{this, files}}); }

void OutputDirectory::write_together(const std::vector<Output>& outputs) {
  const SignalsWait whole;
  Undo directories, temporaries;
  Replacement replacement;
  for (const Output& output : outputs) {
    const std::string& path = output.directory->path_;
    make_directories(path, directories);
    for (const OutputFile& file : output.files)
      write_flushed(path, temporary(path, file.name), file.content, temporaries);
  }
  for (const Output& output : outputs) {
    for (const OutputFile& file : output.files)
      replacement.put(output.directory->path_, file.name, temporaries);
  }
  replacement.keep();
  directories.keep();
  for (const Output& output : outputs) flush_directory(output.directory->path_);
}

}  // namespace fusesim
