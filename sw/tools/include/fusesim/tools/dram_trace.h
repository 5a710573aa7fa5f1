#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "fusesim/base/unfinished_files.h"
#include "fusesim/config/config.h"
#include "fusesim/hw/simulate.h"

namespace fusesim {

/// Formats in which other programs read what is asked of a DRAM, one burst a line.
enum class TraceFormat : uint8_t {
  dramsim3,    ///< "0xADDRESS READ|WRITE CYCLE"
  ramulator2,  ///< "LD|ST 0xADDRESS", without times
};
inline constexpr std::array kTraceFormats = {
    std::pair{"dramsim3", TraceFormat::dramsim3},
    std::pair{"ramulator2", TraceFormat::ramulator2},
};
const char* to_string(TraceFormat format);

/// Writes requests to a file, gzip if its name ends in .gz. The file appears whole, or not at all.
class DramTrace {
 public:
  /// Throws Error if nothing can be written beside `path`.
  DramTrace(std::string path, TraceFormat format, const DramPart& dram);
  DramTrace(const DramTrace&) = delete;
  DramTrace& operator=(const DramTrace&) = delete;
  /// Leaves nothing behind unless finish() was called.
  ~DramTrace();

  void add(const DramRequest& request);
  int64_t bursts() const { return bursts_; }
  /// The file is there. Throws Error if it could not be written.
  void finish();

 private:
  struct File;

  std::string path_;
  std::string beside_;
  UnfinishedFile unfinished_;
  TraceFormat format_;
  int64_t burst_bytes_;
  int64_t bursts_ = 0;
  std::unique_ptr<File> file_;
};

}  // namespace fusesim
