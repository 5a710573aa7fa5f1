#pragma once

#include <cstdint>

#include "fusesim/schedule/schedule.h"
#include "time/spent.h"

namespace fusesim {

/// F_T of a group and what it was spent on.
struct GroupTime {
  int64_t cycles = 0;
  Spent spent;
};

/// With F_E.
PredictedTime predicted_time(const MachineParams& machine, const GroupTime& time);

}  // namespace fusesim
