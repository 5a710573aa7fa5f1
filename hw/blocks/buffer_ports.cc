#include "blocks/buffer_ports.h"

#include <algorithm>

#include "ops/ranges.h"

namespace fusesim::hw {

int64_t BufferPorts::cycles(const BufferBytes& moved) const {
  const int64_t reading = ceil_div(moved.read, read_bytes_per_cycle_);
  const int64_t writing = ceil_div(moved.write, write_bytes_per_cycle_);
  return side_by_side_ ? std::max(reading, writing) : reading + writing;
}

}  // namespace fusesim::hw
