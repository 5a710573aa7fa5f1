#pragma once

#include <cstdint>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim {

/// The machine refused to go on: a row that is not resident, an overflow, an incomplete or double transfer, a
/// deadlock. what() is one line that names group, op or tensor, and row or tile.
class SimulationError : public Error {
 public:
  /// Which guard tripped.
  enum class Guard : uint8_t {
    row_not_resident,
    column_not_resident,
    weights_not_resident,
    ring_overflow,
    scratchpad_overflow,
    incomplete_tensor,
    double_transfer,
    deadlock,
    bad_schedule,
    partial_sum_overflow,
  };
  SimulationError(Guard guard, const std::string& message) : Error(message), guard_(guard) {}
  Guard guard() const { return guard_; }

 private:
  Guard guard_;
};
const char* to_string(SimulationError::Guard guard);

}  // namespace fusesim
