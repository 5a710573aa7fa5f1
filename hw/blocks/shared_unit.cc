#include "blocks/shared_unit.h"

namespace fusesim::hw {

void Activity::begin() {
  if (active_++ == 0) since_ = clock_.now();
}

void Activity::end() {
  if (--active_ == 0) busy_cycles_ += clock_.now() - since_;
}

void SharedUnit::occupy(int64_t id, int64_t cycles) {
  if (cycles <= 0) return;
  const auto request = queue_.emplace(clock_.now(), id).first;
  sc_core::wait(sc_core::SC_ZERO_TIME);  // requests of the same moment meet in the queue before one is chosen
  while (busy_ || queue_.begin() != request) sc_core::wait(freed_);
  queue_.erase(request);
  busy_ = true;
  compute_.begin();
  clock_.wait_cycles(cycles);
  compute_.end();
  busy_ = false;
  busy_cycles_ += cycles;
  freed_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace fusesim::hw
