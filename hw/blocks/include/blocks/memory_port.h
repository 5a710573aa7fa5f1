#pragma once

#include <vector>

#include "dram/segment.h"

namespace fusesim::hw {

/// How engines reach the DRAM. Implemented by Dma; a plain fake serves in tests.
class MemoryPort {
 public:
  virtual ~MemoryPort() = default;
  /// Moves all segments; several may be in flight at once. Blocks the calling SC_THREAD until all are done
  /// and counted.
  virtual void transfer(const std::vector<Segment>& segments) = 0;
};

}  // namespace fusesim::hw
