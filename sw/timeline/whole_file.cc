#include "fusesim/timeline/whole_file.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {

WholeFile::WholeFile(std::string path, std::string option)
    : path_(std::move(path)),
      beside_(path_ + ".part"),
      option_(std::move(option)),
      unfinished_(beside_),
      file_(std::fopen(beside_.c_str(), "wb")) {
  if (file_ == nullptr) throw Error(option_ + ": expected a file that can be written, got '" + path_ + "'");
}

WholeFile::~WholeFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
}

void WholeFile::write(int64_t number) {
  std::array<char, 24> digits;
  const std::to_chars_result end = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  write(std::string_view(digits.data(), static_cast<size_t>(end.ptr - digits.data())));
}

void WholeFile::flush() {
  failed_ = failed_ || std::fwrite(buffer_.data(), 1, buffer_.size(), file_) != buffer_.size();
  flushed_bytes_ += static_cast<int64_t>(buffer_.size());
  buffer_.clear();
}

void WholeFile::finish() {
  flush();
  failed_ = std::fclose(file_) != 0 || failed_;
  file_ = nullptr;
  std::error_code fault;
  if (!failed_) std::filesystem::rename(beside_, path_, fault);
  if (!failed_ && !fault) return;
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
  throw Error(option_ + ": expected room for " + std::to_string(flushed_bytes_) +
              " bytes, could not write '" + path_ + "'");
}

}  // namespace fusesim
