#pragma once

#include <vector>

#include "fusesim/sweep/point_result.h"
#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// Points with reports that differ in buffer size alone, as indices by ascending size; families in the
/// order of their first points.
std::vector<std::vector<size_t>> buffer_families(const Sweep& sweep, const std::vector<PointResult>& points);

}  // namespace fusesim
