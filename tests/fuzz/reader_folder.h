#pragma once

#include <filesystem>
#include <string>

namespace fusesim::testing {

/// A folder for the files that readers want, removed at the end of the process, with two networks of the zoo
/// as the data directory.
class ReaderFolder {
 public:
  ReaderFolder();
  ~ReaderFolder();
  ReaderFolder(const ReaderFolder&) = delete;
  ReaderFolder& operator=(const ReaderFolder&) = delete;

  /// Path of the file that now has these bytes.
  std::string write(const std::string& name, const std::string& bytes) const;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

const ReaderFolder& reader_folder();

}  // namespace fusesim::testing
