#include "fusesim/sweep/results.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

Json axes_json(const Sweep& sweep) {
  Json json = Json::array();
  for (const Axis& axis : sweep.axes) json.push_back({{"name", axis.name}, {"values", axis.values}});
  return json;
}

Json points_json(const SweepResults& results) {
  Json list = Json::array();
  for (size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = results.sweep.points[i];
    Json axes = Json::object();
    for (size_t k = 0; k < results.sweep.axes.size(); ++k) axes[results.sweep.axes[k].name] = point.values[k];
    list.push_back({{"id", point.id},
                    {"axes", axes},
                    {"status", to_string(results.points[i].status)},
                    {"reason", results.points[i].reason}});
  }
  return list;
}

}  // namespace

size_t SweepResults::count(PointStatus status) const {
  return static_cast<size_t>(std::count_if(points.begin(), points.end(),
                                           [&](const PointResult& point) { return point.status == status; }));
}

bool SweepResults::good() const { return count(PointStatus::ok) == points.size() && not_monotone.empty(); }

SweepResults collect(const Sweep& sweep, const SweepDirectory& directory) {
  SweepResults results{sweep, {}, {}};
  for (const Point& point : sweep.points) {
    if (directory.has(point)) {
      results.points.push_back(read_point(directory.point_path(point).string()));
    } else {
      results.points.emplace_back();
      results.points.back().reason = "no result yet";
    }
  }
  results.not_monotone = check_monotone(sweep, results.points);
  return results;
}

std::vector<NotMonotone> check_monotone(const Sweep& sweep, const std::vector<PointResult>& points) {
  std::map<std::string_view, std::vector<size_t>> families;
  for (size_t i = 0; i < points.size(); ++i) {
    const Json& report = points[i].report;
    if (!report.is_null() && report.at("search").at("optimal") == true)
      families[sweep.points[i].family].push_back(i);
  }
  std::vector<NotMonotone> found;
  for (auto& [family, members] : families) {
    std::stable_sort(members.begin(), members.end(), [&](size_t a, size_t b) {
      return sweep.points[a].buffer_bytes < sweep.points[b].buffer_bytes;
    });
    for (size_t k = 1; k < members.size(); ++k) {
      const auto bytes = [&](size_t i) {
        return points[i].report.at("totals").at("analytic").at("total_bytes").get<int64_t>();
      };
      const size_t smaller = members[k - 1], larger = members[k];
      if (bytes(larger) > bytes(smaller)) found.push_back({smaller, larger, bytes(smaller), bytes(larger)});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const NotMonotone& a, const NotMonotone& b) { return a.smaller < b.smaller; });
  return found;
}

std::string sweep_json(const SweepResults& results) {
  const Sweep& sweep = results.sweep;
  Json json = {{"format", "fusesim.sweep/1"},
               {"name", sweep.name},
               {"version", sweep.build.version},
               {"commit", sweep.build.commit},
               {"config", sweep.config.empty() ? Json() : Json(sweep.config)},
               {"axes", axes_json(sweep)},
               {"zip", sweep.zip},
               {"fixed", Json::object()},
               {"points", points_json(results)},
               {"not_monotone", Json::array()}};
  for (const auto& [name, value] : sweep.fixed) json["fixed"][name] = value;
  for (const NotMonotone& pair : results.not_monotone) {
    json["not_monotone"].push_back({{"smaller", sweep.points[pair.smaller].id},
                                    {"larger", sweep.points[pair.larger].id},
                                    {"smaller_bytes", pair.smaller_bytes},
                                    {"larger_bytes", pair.larger_bytes}});
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::vector<std::string> complaints(const SweepResults& results) {
  const Sweep& sweep = results.sweep;
  std::vector<std::string> lines;
  for (size_t i = 0; i < results.points.size(); ++i) {
    const PointResult& point = results.points[i];
    if (point.status == PointStatus::ok) continue;
    lines.push_back(describe(sweep, sweep.points[i]) + ": " + to_string(point.status) + ": " + point.reason);
  }
  for (const NotMonotone& pair : results.not_monotone) {
    lines.push_back(describe(sweep, sweep.points[pair.larger]) + ": expected at most the " +
                    std::to_string(pair.smaller_bytes) + " bytes of " +
                    describe(sweep, sweep.points[pair.smaller]) + ", which has a smaller buffer, got " +
                    std::to_string(pair.larger_bytes));
  }
  return lines;
}

}  // namespace fusesim
