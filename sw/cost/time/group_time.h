#pragma once

#include <cstdint>

#include "fusesim/schedule/schedule.h"
#include "time/spent.h"

namespace fusesim {

/// F_T of a group and what it was spent on.
struct GroupTime {
  int64_t cycles = 0;
  Spent spent;

  /// `times` times another group, or the same on other images, one after another.
  void add(const GroupTime& other, int64_t times) {
    cycles += other.cycles * times;
    spent.add(other.spent, times);
  }
};

/// With F_E.
PredictedTime predicted_time(const MachineParams& machine, const GroupTime& time);

}  // namespace fusesim
