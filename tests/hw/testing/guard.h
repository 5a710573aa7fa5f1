#pragma once

#include <stdexcept>
#include <string>

#include "fusesim/hw/simulation_error.h"

namespace fusesim::hw {

/// The guard that `body` trips; throws if it trips none.
template <class Body>
SimulationError::Guard tripped_guard(Body body, std::string* message = nullptr) {
  try {
    body();
  } catch (const SimulationError& e) {
    if (message != nullptr) *message = e.what();
    return e.guard();
  }
  throw std::logic_error("expected a guard to trip, none did");
}

}  // namespace fusesim::hw
