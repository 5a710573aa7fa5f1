#include "blocks/engine.h"

namespace fusesim::hw {
namespace {

void count(WorkCounts& counters, const BufferBytes& moved) {
  counters.buffer_read_bytes += moved.read;
  counters.buffer_write_bytes += moved.write;
}

}  // namespace

void run_on_array(const EngineContext& machine, OpId op, const RowBlock& block) {
  machine.counters.macs += block.macs();
  machine.counters.ops[op].macs += block.macs();
  count(machine.counters, machine.pe.bytes(block));
  machine.pe.run(op, block);
}

void run_on_vector_unit(const EngineContext& machine, OpId op, const VectorWork& work) {
  machine.counters.vector_ops += work.ops;
  machine.counters.ops[op].vector_ops += work.ops;
  count(machine.counters, work.bytes);
  machine.vector.run(op, work);
}

}  // namespace fusesim::hw
