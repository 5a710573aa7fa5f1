#pragma once

#include "fusesim/hw/simulate.h"
#include "fusesim/testing/random_schedule.h"

namespace fusesim::testing {

/// True if a fault certainly damages the run of this schedule, so that it must be noticed. Worked out from
/// shapes alone; false where it may or may not matter (a network without halo, slices, weights ...).
bool certainly_exposes(const Schedule& schedule, Fault fault);

/// True if no reader can work with `rows` rows of t on chip: some op of the group reads more rows at once.
bool too_short_for_a_reader(const Graph& graph, const Group& group, TensorId t, int64_t rows);

}  // namespace fusesim::testing
