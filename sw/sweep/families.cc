#include "families.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace fusesim {

std::vector<std::vector<size_t>> buffer_families(const Sweep& sweep, const std::vector<PointResult>& points) {
  std::map<std::string_view, size_t> places;
  std::vector<std::vector<size_t>> families;
  for (size_t i = 0; i < points.size(); ++i) {
    if (points[i].report.is_null()) continue;
    const auto [place, is_new] = places.emplace(sweep.points[i].family, families.size());
    if (is_new) families.emplace_back();
    families[place->second].push_back(i);
  }
  for (std::vector<size_t>& members : families) {
    std::stable_sort(members.begin(), members.end(), [&](size_t a, size_t b) {
      return sweep.points[a].buffer_bytes < sweep.points[b].buffer_bytes;
    });
  }
  return families;
}

}  // namespace fusesim
