#pragma once

#include <string>
#include <vector>

namespace fusesim {

struct OutputFile {
  std::string name;  ///< without directory
  std::string content;
};

class OutputDirectory;

/// What goes into one directory.
struct Output {
  const OutputDirectory* directory;
  std::vector<OutputFile> files;
};

/// A directory that files are written into: all of them, each whole, or none.
class OutputDirectory {
 public:
  /// Checks that the directory exists or can be made, that it takes new files, and that none of `names` is a
  /// directory there; leaves nothing behind. Throws Error "--out: 'path': reason".
  OutputDirectory(std::string path, const std::vector<std::string>& names);

  /// Writes every file beside its place, flushes it to the disk, and moves all of them into place. If one
  /// cannot be written or moved, removes what it made, puts back the files that were there before, and throws
  /// Error.
  void write(const std::vector<OutputFile>& files) const;
  /// The same for several directories: all files of all of them, or none.
  static void write_together(const std::vector<Output>& outputs);

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace fusesim
