#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace fusesim {

/// A file that is written piece by piece and appears whole or not at all.
class WholeFile {
 public:
  /// `option` goes before messages. Throws Error if nothing can be written beside `path`.
  WholeFile(std::string path, std::string option);
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;
  /// Leaves nothing behind unless finish() was called.
  ~WholeFile();

  void write(const char* data, size_t bytes);
  void write(const std::string& text) { write(text.data(), text.size()); }
  int64_t written_bytes() const { return written_bytes_; }
  /// The file is there. Throws Error if it could not be written.
  void finish();

 private:
  std::string path_, beside_, option_;
  std::FILE* file_;
  bool failed_ = false;
  int64_t written_bytes_ = 0;
};

}  // namespace fusesim
