#pragma once

#include <string>
#include <vector>

namespace fusesim {

struct OutputFile {
  std::string name;  ///< without directory
  std::string content;
};

/// A directory that files are written into, each of them whole or not at all.
class OutputDirectory {
 public:
  /// Checks that the directory exists or can be made, that it takes new files, and that none of `names` is a
  /// directory there; leaves nothing behind. Throws Error "--out: 'path': reason".
  OutputDirectory(std::string path, const std::vector<std::string>& names);

  /// Writes every file beside its place, flushes it to the disk, and moves all of them into place. If one
  /// cannot be written, removes what it made and throws Error; files that were there before are then as they
  /// were.
  void write(const std::vector<OutputFile>& files) const;

 private:
  std::string path_;
};

}  // namespace fusesim
