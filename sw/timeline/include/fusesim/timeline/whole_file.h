#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "fusesim/base/unfinished_files.h"

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

  void write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kBufferBytes) flush();
  }
  void write(int64_t number);
  /// All arguments, texts and numbers, one after another.
  template <class First, class Second, class... More>
  void write(const First& first, const Second& second, const More&... more) {
    write(first);
    write(second, more...);
  }
  int64_t written_bytes() const { return flushed_bytes_ + static_cast<int64_t>(buffer_.size()); }
  /// The file is there. Throws Error if it could not be written.
  void finish();

 private:
  static constexpr size_t kBufferBytes = size_t{1} << 20;
  void flush();

  std::string path_, beside_, option_;
  UnfinishedFile unfinished_;
  std::FILE* file_;
  bool failed_ = false;
  std::string buffer_;
  int64_t flushed_bytes_ = 0;
};

}  // namespace fusesim
