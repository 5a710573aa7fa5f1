#include "blocks/engine.h"

namespace fusesim::hw {
namespace {

void count(WorkCounts& counters, const BufferBytes& moved) {
  counters.buffer_read_bytes += moved.read;
  counters.buffer_write_bytes += moved.write;
}

}  // namespace

void run_on_array(const EngineContext& machine, const Made& made, const RowBlock& block) {
  machine.counters.macs += block.macs();
  machine.counters.ops[made.op].macs += block.macs();
  count(machine.counters, machine.pe.bytes(block));
  const UnitSpan span = machine.pe.run(made.op, block);
  if (machine.tracer != nullptr) machine.tracer->block(Cause::array, made, span);
}

void run_on_vector_unit(const EngineContext& machine, const Made& made, const VectorWork& work) {
  machine.counters.vector_ops += work.ops;
  machine.counters.ops[made.op].vector_ops += work.ops;
  count(machine.counters, work.bytes);
  const UnitSpan span = machine.vector.run(made.op, work);
  if (machine.tracer != nullptr) machine.tracer->block(Cause::vector_unit, made, span);
}

}  // namespace fusesim::hw
