#pragma once

#include <cstdint>

#include "fusesim/config/config.h"

namespace fusesim::hw {

/// Bytes that a compute unit reads from the on-chip buffer and writes to it.
struct BufferBytes {
  int64_t read = 0;
  int64_t write = 0;
};

/// The way between the on-chip buffer and one compute unit.
class BufferPorts {
 public:
  explicit BufferPorts(const Config& config)
      : read_bytes_per_cycle_(config.buffer_read_port_bytes()),
        write_bytes_per_cycle_(config.buffer_write_port_bytes()),
        side_by_side_(config.buffer.banks > 1) {}

  /// Cycles that the bytes take, each direction a whole number of them: the longer direction; with a single
  /// bank, both.
  int64_t cycles(const BufferBytes& moved) const;

 private:
  int64_t read_bytes_per_cycle_;
  int64_t write_bytes_per_cycle_;
  bool side_by_side_;
};

}  // namespace fusesim::hw
