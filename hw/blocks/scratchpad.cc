#include "blocks/scratchpad.h"

#include <algorithm>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {

void Scratchpad::allocate(const std::string& name, int64_t bytes) {
  if (bytes >= capacity_bytes_ - allocated_bytes_) {
    throw SimulationError(
        SimulationError::Guard::scratchpad_overflow,
        name + ": expected an allocation below the " + std::to_string(capacity_bytes_ - allocated_bytes_) +
            " bytes that are free of " + std::to_string(capacity_bytes_) + ", got " + std::to_string(bytes));
  }
  allocated_bytes_ += bytes;
}

void Scratchpad::add_live(int64_t bytes) {
  live_bytes_ += bytes;
  high_water_bytes_ = std::max(high_water_bytes_, live_bytes_);
  if (live_bytes_ <= allocated_bytes_) return;
  throw SimulationError(SimulationError::Guard::scratchpad_overflow,
                        "scratchpad: expected at most the allocated " + std::to_string(allocated_bytes_) +
                            " bytes to hold data, got " + std::to_string(live_bytes_));
}

void Scratchpad::reset() {
  allocated_bytes_ = 0;
  live_bytes_ = 0;
  high_water_bytes_ = 0;
}

}  // namespace fusesim::hw
