#include "blocks/shared_unit.h"

#include <algorithm>

namespace fusesim::hw {

void Activity::begin() {
  if (active_++ == 0) since_ = clock_.now();
}

void Activity::end() {
  if (--active_ == 0) busy_cycles_ += clock_.now() - since_;
}

void SharedUnit::occupy(int64_t id, const UnitWork& work) {
  const int64_t steady_cycles = std::max(work.compute_cycles, work.port_cycles);
  if (steady_cycles <= 0) return;
  const auto request = queue_.emplace(clock_.now(), id).first;
  sc_core::wait(sc_core::SC_ZERO_TIME);  // requests of the same moment meet in the queue before one is chosen
  while (busy_ || queue_.begin() != request) sc_core::wait(freed_);
  queue_.erase(request);
  busy_ = true;
  const int64_t start_cycles = clock_.now() == last_end_ ? 0 : work.start_cycles;
  const int64_t cycles = steady_cycles + start_cycles;
  log(id, start_cycles, work);
  compute_.begin();
  clock_.wait_cycles(cycles);
  compute_.end();
  busy_ = false;
  last_end_ = clock_.now();
  busy_cycles_ += cycles;
  port_bound_cycles_ += steady_cycles - work.compute_cycles;
  freed_.notify(sc_core::SC_ZERO_TIME);
}

/// The pipeline fills, the block is computed, and what its bytes take longer than that comes last.
void SharedUnit::log(int64_t id, int64_t start_cycles, const UnitWork& work) {
  const int64_t computes = clock_.now() + start_cycles;
  const int64_t waits = computes + work.compute_cycles;
  const int64_t ends = computes + std::max(work.compute_cycles, work.port_cycles);
  CycleLog& log = compute_.log();
  log.occupied(unit_, {clock_.now(), computes, Cause::fill, id});
  log.occupied(unit_, {computes, waits, unit_, id});
  log.occupied(unit_, {waits, ends, Cause::port, id});
}

void SharedUnit::reset() {
  last_end_ = -1;
  busy_cycles_ = 0;
  port_bound_cycles_ = 0;
}

}  // namespace fusesim::hw
