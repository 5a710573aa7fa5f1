#include "blocks/engine.h"

#include "fusesim/base/checked.h"

namespace fusesim::hw {
namespace {

void add(int64_t& count, int64_t more, const char* what) { count = checked_add(count, more, what); }

void count(WorkCounts& counters, const BufferBytes& moved) {
  add(counters.buffer_read_bytes, moved.read, "bytes read from the buffer");
  add(counters.buffer_write_bytes, moved.write, "bytes written to the buffer");
}

}  // namespace

void run_on_array(const EngineContext& machine, const Made& made, const RowBlock& block) {
  add(machine.counters.macs, block.macs(), "multiply-accumulates");
  machine.counters.ops[made.op].macs += block.macs();  // no more than that
  count(machine.counters, machine.pe.bytes(block));
  const UnitSpan span = machine.pe.run(made.op, block);
  if (machine.tracer != nullptr) machine.tracer->block(Cause::array, made, span);
}

void run_on_vector_unit(const EngineContext& machine, const Made& made, const VectorWork& work) {
  add(machine.counters.vector_ops, work.ops, "elementwise operations");
  machine.counters.ops[made.op].vector_ops += work.ops;  // no more than that
  count(machine.counters, work.bytes);
  const UnitSpan span = machine.vector.run(made.op, work);
  if (machine.tracer != nullptr) machine.tracer->block(Cause::vector_unit, made, span);
}

}  // namespace fusesim::hw
