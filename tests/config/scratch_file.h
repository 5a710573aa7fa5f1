#pragma once

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace fusesim {

/// A file of its own in the temporary directory, removed at the end of its scope.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& content, const std::string& suffix = ".yaml") {
    std::string name = testing_directory() + "/fusesim-XXXXXX" + suffix;
    const int descriptor = mkstemps(name.data(), static_cast<int>(suffix.size()));
    if (descriptor >= 0) close(descriptor);
    path_ = name;
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~ScratchFile() { std::remove(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::string& path() const { return path_; }
  std::string folder() const { return path_.substr(0, path_.rfind('/')); }
  std::string name() const { return path_.substr(path_.rfind('/') + 1); }

 private:
  static std::string testing_directory() {
    const char* chosen = std::getenv("TMPDIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
  }
  std::string path_;
};

}  // namespace fusesim
