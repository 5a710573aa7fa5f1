#pragma once

#include <cstdint>
#include <vector>

#include "columns/priced_group.h"

namespace fusesim {

/// Duals, per op, that are nearest to others, `centre`, such that no group comes to less than the duals of
/// its ops and the sum of all is `level`, if there are such. Changes count by their squares, in proportion to
/// what a dual was. By Hildreth's method (A quadratic programming procedure, Naval Research Logistics
/// Quarterly 4, 1957), which corrects one group after the other; where that takes long, a little is not met.
std::vector<double> nearest_duals(const std::vector<int64_t>& centre, double level,
                                  const std::vector<PricedGroup>& groups);

}  // namespace fusesim
