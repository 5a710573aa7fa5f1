#include "fusesim/timeline/whole_file.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "fusesim/base/error.h"

namespace fusesim {

WholeFile::WholeFile(std::string path, std::string option)
    : path_(std::move(path)),
      beside_(path_ + ".part"),
      option_(std::move(option)),
      file_(std::fopen(beside_.c_str(), "wb")) {
  if (file_ == nullptr) throw Error(option_ + ": expected a file that can be written, got '" + path_ + "'");
}

WholeFile::~WholeFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
}

void WholeFile::write(const char* data, size_t bytes) {
  failed_ = failed_ || std::fwrite(data, 1, bytes, file_) != bytes;
  written_bytes_ += static_cast<int64_t>(bytes);
}

void WholeFile::finish() {
  failed_ = std::fclose(file_) != 0 || failed_;
  file_ = nullptr;
  std::error_code fault;
  if (!failed_) std::filesystem::rename(beside_, path_, fault);
  if (!failed_ && !fault) return;
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
  throw Error(option_ + ": expected room for " + std::to_string(written_bytes_) +
              " bytes, could not write '" + path_ + "'");
}

}  // namespace fusesim
