#pragma once

#include <cstdint>

#include "blocks/array_dataflow.h"
#include "blocks/shared_unit.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

/// The PE array: a shared resource that takes what its dataflow says per block.
class PeArray {
 public:
  PeArray(const PeArrayConfig& config, const MachineClock& clock, Activity& compute)
      : config_(config), dataflow_(array_dataflow(config.dataflow)), unit_(clock, compute) {}

  /// Blocks the calling SC_THREAD until the block is done.
  void run(int64_t id, const RowBlock& block) { unit_.occupy(id, dataflow_.cycles(config_, block)); }
  ArrayAccesses accesses(const RowBlock& block) const { return dataflow_.accesses(config_, block); }
  int64_t busy_cycles() const { return unit_.busy_cycles(); }
  void reset() { unit_.reset(); }

 private:
  PeArrayConfig config_;
  const ArrayDataflow& dataflow_;
  SharedUnit unit_;
};

}  // namespace fusesim::hw
