#pragma once

#include <cstdint>

#include "fusesim/base/checked.h"
#include "fusesim/schedule/schedule.h"
#include "time/spent.h"

namespace fusesim {

/// F_T of a group and what it was spent on.
struct GroupTime {
  int64_t cycles = 0;
  Spent spent;

  /// `times` times another group, or the same on other images, one after another.
  void add(const GroupTime& other, int64_t times) {
    cycles = checked_add(cycles, checked_mul(other.cycles, times, "cycles"), "cycles");
    spent.add(other.spent, times);
  }
};

/// With F_E.
PredictedTime predicted_time(const MachineParams& machine, const GroupTime& time);

/// F_E has a group's share of the refreshes. In a run they fall where they fall: counts those of a group that
/// begins after so many cycles of it.
void place_refreshes(const MachineParams& machine, int64_t begins, PredictedTime& time);

}  // namespace fusesim
