#include "blocks/shared_unit.h"

#include <algorithm>

namespace fusesim::hw {

void Activity::begin() {
  if (active_++ == 0) since_ = clock_.now();
}

void Activity::end() {
  if (--active_ == 0) busy_cycles_ += clock_.now() - since_;
}

UnitSpan SharedUnit::occupy(int64_t id, const UnitWork& work) {
  const int64_t steady_cycles = std::max(work.compute_cycles, work.port_cycles);
  if (steady_cycles <= 0) return {};
  const auto request = queue_.emplace(clock_.now(), id).first;
  sc_core::wait(sc_core::SC_ZERO_TIME);  // requests of the same moment meet in the queue before one is chosen
  while (busy_ || queue_.begin() != request) sc_core::wait(freed_);
  queue_.erase(request);
  busy_ = true;
  UnitSpan span;
  span.begin = clock_.now();
  span.computes = span.begin + (span.begin == last_end_ ? 0 : work.start_cycles);
  span.waits = span.computes + work.compute_cycles;
  span.end = span.computes + steady_cycles;
  log(id, span);
  compute_.begin();
  clock_.wait_cycles(span.end - span.begin);
  compute_.end();
  busy_ = false;
  last_end_ = clock_.now();
  busy_cycles_ += span.end - span.begin;
  port_bound_cycles_ += steady_cycles - work.compute_cycles;
  freed_.notify(sc_core::SC_ZERO_TIME);
  return span;
}

void SharedUnit::log(int64_t id, const UnitSpan& span) {
  CycleLog& log = compute_.log();
  log.occupied(unit_, {span.begin, span.computes, Cause::fill, id});
  log.occupied(unit_, {span.computes, span.waits, unit_, id});
  log.occupied(unit_, {span.waits, span.end, Cause::port, id});
}

void SharedUnit::reset() {
  last_end_ = -1;
  busy_cycles_ = 0;
  port_bound_cycles_ = 0;
}

}  // namespace fusesim::hw
