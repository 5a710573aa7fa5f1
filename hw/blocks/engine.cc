#include "blocks/engine.h"

namespace fusesim::hw {

void run_on_array(const EngineContext& machine, OpId op, const RowBlock& block) {
  const ArrayAccesses accesses = machine.pe.accesses(block);
  machine.counters.macs += block.macs();
  machine.counters.buffer_read_bytes += accesses.read_bytes(machine.datatypes);
  machine.counters.buffer_write_bytes += accesses.write_bytes(machine.datatypes);
  machine.pe.run(op, block);
}

}  // namespace fusesim::hw
