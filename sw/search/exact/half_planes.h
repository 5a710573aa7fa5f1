#pragma once

#include <vector>

namespace fusesim {

/// Products closer than this part of each other are equal: the rounding of sums.
inline constexpr double kProductTolerance = 1e-9;

/// pj * E + cycle * T >= least holds for every plan, E its energy and T its time.
struct HalfPlane {
  double pj = 0.0, cycle = 0.0, least = 0.0;
};

struct Corner {
  double cycles = 0.0, pj = 0.0;
  double product() const { return cycles * pj; }
};

/// The corner of the region where all hold that has the least product: no plan has less, since the product of
/// two sums is quasi-concave. Infinite where the region has no corner.
Corner least_corner(const std::vector<HalfPlane>& planes);

}  // namespace fusesim
