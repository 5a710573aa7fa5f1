#include "fusesim/sweep/results.h"

#include <fmt/format.h>

#include <algorithm>

#include "figures.h"
#include "fusesim/base/json_text.h"

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
    if (!results.points[i].report.is_null()) list.back()["figures"] = figures_json(results.points[i].report);
  }
  return list;
}

Json best_json(const SweepResults& results) {
  Json list = Json::array();
  for (const BestBuffer& best : best_buffers(results.sweep, results.points)) {
    list.push_back({{"sizes", best.sizes},
                    {"edp", results.sweep.points[best.by_edp.point].id},
                    {"edp_area", results.sweep.points[best.by_edp_area.point].id}});
  }
  return list;
}

Json compared_json(const MonotoneCheck& check) {
  Json list = Json::array();
  for (const ComparedOptima& one : check.compared) {
    list.push_back({{"objective", one.objective},
                    {"pairs", one.pairs},
                    {"pairs_of_auto_energy", one.pairs_of_auto_energy},
                    {"pairs_of_other_schemes", one.pairs_of_other_schemes}});
  }
  return list;
}

/// "105 bytes"
std::string figure_text(const std::string& objective, double value) {
  if (objective == "edp") return fmt::format("{:.9g} pJ x cycles", value);
  const char* unit = objective == "dram" ? "bytes" : objective == "cycles" ? "cycles" : "pJ";
  return fmt::format("{:.0f} {}", value, unit);
}

}  // namespace

size_t SweepResults::count(PointStatus status) const {
  return static_cast<size_t>(std::count_if(points.begin(), points.end(),
                                           [&](const PointResult& point) { return point.status == status; }));
}

bool SweepResults::good() const { return count(PointStatus::ok) == points.size() && monotone.found.empty(); }

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
  results.monotone = check_monotone(sweep, results.points);
  return results;
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
               {"best_buffers", best_json(results)},
               {"compared_optima", compared_json(results.monotone)},
               {"not_monotone", Json::array()}};
  for (const auto& [name, value] : sweep.fixed) json["fixed"][name] = value;
  for (const NotMonotone& pair : results.monotone.found) {
    json["not_monotone"].push_back({{"smaller", sweep.points[pair.smaller].id},
                                    {"larger", sweep.points[pair.larger].id},
                                    {"objective", pair.objective},
                                    {"smaller_value", pair.smaller_value},
                                    {"larger_value", pair.larger_value}});
  }
  return dump_json(json, 2) + "\n";
}

std::vector<std::string> complaints(const SweepResults& results) {
  const Sweep& sweep = results.sweep;
  std::vector<std::string> lines;
  for (size_t i = 0; i < results.points.size(); ++i) {
    const PointResult& point = results.points[i];
    if (point.status == PointStatus::ok) continue;
    lines.push_back(describe(sweep, sweep.points[i]) + ": " + to_string(point.status) + ": " + point.reason);
  }
  for (const NotMonotone& pair : results.monotone.found) {
    lines.push_back(describe(sweep, sweep.points[pair.larger]) + ": expected at most the " +
                    figure_text(pair.objective, pair.smaller_value) + " of " +
                    describe(sweep, sweep.points[pair.smaller]) + ", which has a smaller buffer, got " +
                    figure_text(pair.objective, pair.larger_value));
  }
  return lines;
}

}  // namespace fusesim
