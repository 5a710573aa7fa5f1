#pragma once

#include <string>

#include "fusesim/testing/scratch_folder.h"

namespace fusesim::testing {

/// A folder for the files that readers want, removed at the end of the process, with two networks of the zoo
/// as the data directory.
class ReaderFolder {
 public:
  ReaderFolder();

  /// Path of the file that now has these bytes.
  std::string write(const std::string& name, const std::string& bytes) const {
    return folder_.write(name, bytes);
  }
  std::string path() const { return folder_.path().string(); }

 private:
  ScratchFolder folder_;
};

const ReaderFolder& reader_folder();

}  // namespace fusesim::testing
