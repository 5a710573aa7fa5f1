#include "blocks/scratchpad.h"

#include <algorithm>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {

void Scratchpad::require_room(const std::string& name, int64_t bytes) const {
  if (bytes <= free_bytes()) return;
  throw SimulationError(SimulationError::Guard::scratchpad_overflow,
                        name + ": expected an allocation below the " + std::to_string(free_bytes() + 1) +
                            " bytes that are free of " + std::to_string(capacity_bytes_) + ", got " +
                            std::to_string(bytes));
}

void Scratchpad::allocate(const std::string& name, int64_t bytes) {
  require_room(name, bytes);
  allocated_bytes_ += bytes;
}

void Scratchpad::hold_ahead(int64_t bytes) {
  require_room("weights of the next group", bytes);
  ahead_bytes_ += bytes;
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
  ahead_bytes_ = 0;
  live_bytes_ = 0;
  high_water_bytes_ = 0;
}

}  // namespace fusesim::hw
