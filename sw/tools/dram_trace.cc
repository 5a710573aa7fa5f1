#include "fusesim/tools/dram_trace.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "fusesim/base/error.h"

namespace fusesim {

const char* to_string(TraceFormat format) {
  for (const auto& [name, value] : kTraceFormats) {
    if (value == format) return name;
  }
  return "?";
}

struct DramTrace::File {
  gzFile stream = nullptr;
  bool failed = false;
};

DramTrace::DramTrace(std::string path, TraceFormat format, const DramPart& dram)
    : path_(std::move(path)),
      beside_(path_ + ".part"),
      unfinished_(beside_),
      format_(format),
      burst_bytes_(dram.burst_bytes()),
      file_(std::make_unique<File>()) {
  const bool compressed = std::filesystem::path(path_).extension() == ".gz";
  file_->stream = gzopen(beside_.c_str(), compressed ? "wb" : "wbT");
  if (file_->stream == nullptr)
    throw Error("--dram-trace: expected a file that can be written, got '" + path_ + "'");
}

DramTrace::~DramTrace() {
  if (file_->stream == nullptr) return;
  gzclose(file_->stream);
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
}

void DramTrace::add(const DramRequest& request) {
  const int64_t end = request.address + request.bytes;
  for (int64_t at = request.address / burst_bytes_ * burst_bytes_; at < end; at += burst_bytes_) {
    std::string line;
    switch (format_) {
      case TraceFormat::dramsim3:
        line = fmt::format("0x{:x} {} {}\n", at, request.write ? "WRITE" : "READ", request.cycle);
        break;
      case TraceFormat::ramulator2:
        line = fmt::format("{} 0x{:x}\n", request.write ? "ST" : "LD", at);
        break;
    }
    const auto length = static_cast<unsigned>(line.size());
    file_->failed = file_->failed || gzwrite(file_->stream, line.data(), length) != static_cast<int>(length);
    ++bursts_;
  }
}

void DramTrace::finish() {
  const bool closed = gzclose(file_->stream) == Z_OK;
  file_->stream = nullptr;
  std::error_code fault;
  if (closed && !file_->failed) std::filesystem::rename(beside_, path_, fault);
  if (closed && !file_->failed && !fault) return;
  std::error_code ignored;
  std::filesystem::remove(beside_, ignored);
  throw Error("--dram-trace: expected room for " + std::to_string(bursts_) + " bursts, could not write '" +
              path_ + "'");
}

}  // namespace fusesim
