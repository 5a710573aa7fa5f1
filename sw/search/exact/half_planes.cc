#include "exact/half_planes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fusesim {
namespace {

bool inside(const HalfPlane& h, const Corner& p) {
  return h.pj * p.pj + h.cycle * p.cycles >= h.least * (1.0 - kProductTolerance);
}

}  // namespace

Corner least_corner(const std::vector<HalfPlane>& planes) {
  Corner best{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (size_t i = 0; i < planes.size(); ++i) {
    for (size_t j = i + 1; j < planes.size(); ++j) {
      const HalfPlane& a = planes[i];
      const HalfPlane& b = planes[j];
      const double det = a.pj * b.cycle - b.pj * a.cycle;
      if (std::abs(det) <= 1e-15 * (std::abs(a.pj * b.cycle) + std::abs(b.pj * a.cycle))) continue;
      const Corner p{(a.pj * b.least - b.pj * a.least) / det, (a.least * b.cycle - b.least * a.cycle) / det};
      if (p.product() >= best.product() || p.cycles < 0 || p.pj < 0) continue;
      if (std::all_of(planes.begin(), planes.end(), [&p](const HalfPlane& h) { return inside(h, p); }))
        best = p;
    }
  }
  return best;
}

}  // namespace fusesim
