#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

/// Weighted sums are scaled to about this, so that their rounding does not matter.
constexpr double kScale = 1e12;
/// Sums that are solved at most; each halves the gap at a corner or closes it.
constexpr int kMostSums = 16;
/// Products closer than this part of each other are equal: the rounding of sums.
constexpr double kTolerance = 1e-9;

/// pj * E + cycle * T >= least holds for every plan.
struct HalfPlane {
  double pj = 0.0, cycle = 0.0, least = 0.0;
};

struct Point {
  double cycles = 0.0, pj = 0.0;
  double product() const { return cycles * pj; }
};

bool inside(const HalfPlane& h, const Point& p) {
  return h.pj * p.pj + h.cycle * p.cycles >= h.least * (1.0 - kTolerance);
}

/// The corner of the region where all hold that has the least product: no plan has less.
Point least_corner(const std::vector<HalfPlane>& planes) {
  Point best{std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (size_t i = 0; i < planes.size(); ++i) {
    for (size_t j = i + 1; j < planes.size(); ++j) {
      const HalfPlane& a = planes[i];
      const HalfPlane& b = planes[j];
      const double det = a.pj * b.cycle - b.pj * a.cycle;
      if (std::abs(det) <= 1e-15 * (std::abs(a.pj * b.cycle) + std::abs(b.pj * a.cycle))) continue;
      const Point p{(a.pj * b.least - b.pj * a.least) / det, (a.least * b.cycle - b.least * a.cycle) / det};
      if (p.product() >= best.product() || p.cycles < 0 || p.pj < 0) continue;
      if (std::all_of(planes.begin(), planes.end(), [&p](const HalfPlane& h) { return inside(h, p); }))
        best = p;
    }
  }
  return best;
}

}  // namespace

EdpResult ExactSearch::least_edp(const ProgressFn& progress) {
  EdpResult result;
  std::vector<HalfPlane> planes;
  const auto add = [&](std::shared_ptr<const Objective> objective, double pj, double cycle) {
    SearchResult found = least(*objective, progress);
    planes.push_back({pj, cycle, static_cast<double>(found.lower_bound)});
    if (result.hull.empty() || found.cost.edp() < result.best.cost.edp()) {
      result.best = found;
      result.objective = std::move(objective);
    }
    result.hull.push_back(std::move(found));
  };
  const auto kept = [](const Objective& objective) {
    return std::shared_ptr<const Objective>(&objective, [](const Objective*) {});
  };
  add(kept(cycles_objective()), 0.0, 1.0);
  add(kept(energy_objective()), 1.0, 0.0);
  for (int i = 2; i < kMostSums; ++i) {
    const Point corner = least_corner(planes);
    result.lower_bound = corner.product();
    result.optimal = corner.product() >= result.best.cost.edp() * (1.0 - kTolerance);
    if (result.optimal) break;
    // Along this sum the product falls nowhere beyond the corner.
    const double scale = kScale / corner.product();
    const double pj = corner.cycles * scale;
    const double cycle = corner.pj * scale;
    const double gap_before = result.best.cost.edp() - corner.product();
    add(weighted_objective(pj, cycle), pj, cycle);
    const Point after = least_corner(planes);
    result.lower_bound = after.product();
    // A search that stops at its limit moves the bound no further.
    if (result.best.cost.edp() - after.product() > 0.999 * gap_before) break;
  }
  result.optimal = result.lower_bound >= result.best.cost.edp() * (1.0 - kTolerance);
  std::sort(result.hull.begin(), result.hull.end(), [](const SearchResult& a, const SearchResult& b) {
    return a.cost.cycles != b.cost.cycles ? a.cost.cycles < b.cost.cycles
                                          : a.cost.energy_pj < b.cost.energy_pj;
  });
  return result;
}

}  // namespace fusesim
