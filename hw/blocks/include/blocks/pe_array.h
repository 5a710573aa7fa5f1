#pragma once

#include <cstdint>

#include "blocks/array_dataflow.h"
#include "blocks/buffer_ports.h"
#include "blocks/shared_unit.h"
#include "fusesim/config/config.h"

namespace fusesim::hw {

/// The PE array: a shared resource that takes per block what its dataflow or the buffer's ports say.
class PeArray {
 public:
  PeArray(const Config& config, const MachineClock& clock, Activity& compute)
      : array_(config.pe),
        types_(config.datatypes),
        dataflow_(array_dataflow(config.pe.dataflow)),
        ports_(config),
        unit_(clock, compute, Cause::array) {}

  /// Blocks the calling SC_THREAD until the block is done.
  UnitSpan run(int64_t id, const RowBlock& block) {
    return unit_.occupy(id, {dataflow_.cycles(array_, types_, block), ports_.cycles(bytes(block)),
                             dataflow_.start_cycles(array_, types_)});
  }
  /// What the block moves between buffer and array.
  BufferBytes bytes(const RowBlock& block) const {
    return dataflow_.accesses(array_, block).bytes(types_, block);
  }
  int64_t busy_cycles() const { return unit_.busy_cycles(); }
  int64_t port_bound_cycles() const { return unit_.port_bound_cycles(); }
  void reset() { unit_.reset(); }

 private:
  PeArrayConfig array_;
  Datatypes types_;
  const ArrayDataflow& dataflow_;
  BufferPorts ports_;
  SharedUnit unit_;
};

}  // namespace fusesim::hw
