#include <algorithm>
#include <utility>

#include "exact/half_planes.h"
#include "fusesim/search/exact.h"

namespace fusesim {
namespace {

/// Sums that are solved at most; each halves the gap at a corner or closes it.
constexpr int kMostSums = 40;
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
    const Corner corner = least_corner(planes);
    result.lower_bound = corner.product();
    result.optimal = corner.product() >= result.best.cost.edp() * (1.0 - kProductTolerance);
    if (result.optimal) break;
    // Along this sum the product falls nowhere beyond the corner.
    const double scale = kWeightScale / corner.product();
    const double pj = corner.cycles * scale;
    const double cycle = corner.pj * scale;
    add(weighted_objective({0.0, cycle, pj}), pj, cycle);
    const Corner after = least_corner(planes);
    result.lower_bound = after.product();
    // A search that stops at its limit leaves a gap that more sums hardly close.
    if (!result.hull.back().optimal || (after.cycles == corner.cycles && after.pj == corner.pj)) break;
  }
  result.optimal = result.lower_bound >= result.best.cost.edp() * (1.0 - kProductTolerance);
  std::sort(result.hull.begin(), result.hull.end(), [](const SearchResult& a, const SearchResult& b) {
    return a.cost.cycles != b.cost.cycles ? a.cost.cycles < b.cost.cycles
                                          : a.cost.energy_pj < b.cost.energy_pj;
  });
  return result;
}

}  // namespace fusesim
