#include "fusesim/hw/simulation_error.h"

namespace fusesim {

const char* to_string(SimulationError::Guard guard) {
  using Guard = SimulationError::Guard;
  switch (guard) {
    case Guard::row_not_resident:
      return "row_not_resident";
    case Guard::column_not_resident:
      return "column_not_resident";
    case Guard::weights_not_resident:
      return "weights_not_resident";
    case Guard::ring_overflow:
      return "ring_overflow";
    case Guard::scratchpad_overflow:
      return "scratchpad_overflow";
    case Guard::incomplete_tensor:
      return "incomplete_tensor";
    case Guard::double_transfer:
      return "double_transfer";
    case Guard::deadlock:
      return "deadlock";
    case Guard::bad_schedule:
      return "bad_schedule";
    case Guard::partial_sum_overflow:
      return "partial_sum_overflow";
  }
  return "?";
}

}  // namespace fusesim
