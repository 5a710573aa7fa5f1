#include "fusesim/sweep/baseline.h"

#include <filesystem>
#include <iterator>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"
#include "fusesim/sweep/point_result.h"
#include "model_files.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "fusesim.sweep_baseline/1";
constexpr const char* kSweepFormat = "fusesim.sweep/1";

/// Where a figure is in a report: under `totals` or in a group.
struct Quantity {
  const char* name;
  const char* pointer;
};

constexpr Quantity kTotals[] = {
    {"analytic_ifmap_bytes", "/analytic/ifmap_bytes"},
    {"analytic_ofmap_bytes", "/analytic/ofmap_bytes"},
    {"analytic_weight_bytes", "/analytic/weight_bytes"},
    {"simulated_ifmap_bytes", "/simulated/ifmap_bytes"},
    {"simulated_ofmap_bytes", "/simulated/ofmap_bytes"},
    {"simulated_weight_bytes", "/simulated/weight_bytes"},
    {"bus_bytes", "/simulated/bus_bytes"},
    {"peak_buffer_bytes", "/simulated/peak_buffer_bytes"},
    {"fusable_bytes", "/fusable_bytes"},
    {"unfused_bytes", "/unfused_bytes"},
    {"compulsory_bytes", "/compulsory_bytes"},
    {"groups", "/groups"},
    {"mismatched_groups", "/mismatched_groups"},
    {"predicted_cycles", "/predicted/cycles"},
    {"cycles", "/simulated/cycles"},
    {"stall_cycles", "/simulated/stall_cycles"},
    {"predicted_energy_pj", "/predicted/energy_pj"},
    {"energy_pj", "/simulated/energy_pj"},
};

constexpr Quantity kGroup[] = {
    {"mode", "/mode"},
    {"schedule", "/brr"},
    {"analytic_ifmap_bytes", "/analytic/ifmap_bytes"},
    {"analytic_ofmap_bytes", "/analytic/ofmap_bytes"},
    {"analytic_weight_bytes", "/analytic/weight_bytes"},
    {"simulated_ifmap_bytes", "/simulated/ifmap_bytes"},
    {"simulated_ofmap_bytes", "/simulated/ofmap_bytes"},
    {"simulated_weight_bytes", "/simulated/weight_bytes"},
    {"buffer_bytes", "/buffer_bytes"},
    {"predicted_cycles", "/predicted/cycles"},
    {"cycles", "/simulated/cycles"},
    {"predicted_energy_pj", "/predicted/energy_pj"},
    {"energy_pj", "/simulated/energy_pj"},
};

template <size_t N>
std::vector<std::string> names_of(const Quantity (&quantities)[N]) {
  std::vector<std::string> names;
  for (const Quantity& quantity : quantities) names.emplace_back(quantity.name);
  return names;
}

/// The values of an object, so that a baseline stays small.
Json flat(const Json& value) {
  if (!value.is_object()) return value;
  std::string text;
  for (const Json& item : value)
    text += (text.empty() ? "" : " ") + (item.is_string() ? item.get<std::string>() : dump_json(item));
  return text;
}

template <size_t N>
std::vector<Json> values_of(const Json& object, const Quantity (&quantities)[N]) {
  std::vector<Json> values;
  for (const Quantity& quantity : quantities) {
    const Json::json_pointer pointer(quantity.pointer);
    values.push_back(object.contains(pointer) ? flat(object.at(pointer)) : Json());
  }
  return values;
}

GroupFigures figures_of(const Json& group) {
  const Json& ops = group.at("ops");
  ops.at(0);  // throws: a group has one
  std::vector<int64_t> indices;
  for (const Json& op : ops) indices.push_back(op.at("index").get<int64_t>());
  GroupFigures figures{ranges_of(indices), "", values_of(group, kGroup)};
  figures.name = ops.front().at("name").get<std::string>();
  if (ops.size() > 1) figures.name += " .. " + ops.back().at("name").get<std::string>();
  return figures;
}

SweepFigures read_directory(const fs::path& path) {
  const std::string file = (path / "sweep.json").string();
  const Json sweep = parse_stored_json(read_file(file), file);
  if (sweep.at("format") != kSweepFormat) throw Error(file + ": expected " + kSweepFormat);
  SweepFigures figures{sweep.at("name"), sweep.at("version"), sweep.at("commit"), {}};
  for (const Json& point : sweep.at("points")) {
    PointFigures one{point.at("axes"), point.at("status"), {}, {}, {}};
    if (one.status != to_string(PointStatus::failed)) {
      const fs::path folder = path / "points" / point.at("id").get<std::string>();
      const Json report = read_report((folder / "report.json").string(), true);
      one.totals = values_of(report.at("totals"), kTotals);
      for (const Json& group : report.at("groups")) one.groups.push_back(figures_of(group));
      one.settings = settings_of(nlohmann::json(report));
    }
    figures.points.push_back(std::move(one));
  }
  return figures;
}

/// Files from before they held settings have none.
Settings stored_settings(const Json& object) {
  Settings settings;
  if (!object.contains("settings")) return settings;
  for (const auto& [key, value] : object.at("settings").items()) settings[key] = value;
  return settings;
}

SweepFigures read_stored(const std::string& path) {
  const Json file = parse_stored_json(read_file(path), path);
  const bool known = file.at("format") == kFormat && file.at("totals") == Json(total_quantities()) &&
                     file.at("groups") == Json(group_quantities());
  if (!known) throw Error(path + ": expected a baseline of this version (" + kFormat + "), got another one");
  SweepFigures figures{file.at("name"), file.at("version"), file.at("commit"), {}};
  const Settings common = stored_settings(file);
  for (const Json& point : file.at("points")) {
    PointFigures one{point.at("axes"), point.at("status"), {}, {}, {}};
    for (const Json& value : point.at("totals")) one.totals.push_back(value);
    for (const Json& group : point.at("groups")) {
      GroupFigures figures_of_group{group.at(0), "", {}};
      for (size_t i = 1; i < group.size(); ++i) figures_of_group.values.push_back(group[i]);
      if (figures_of_group.values.size() != group_quantities().size())
        throw Error(path + ": expected " + std::to_string(group_quantities().size() + 1) +
                    " figures for each group");
      one.groups.push_back(std::move(figures_of_group));
    }
    const bool complete = one.totals.empty() || one.totals.size() == total_quantities().size();
    if (!complete) throw Error(path + ": expected " + std::to_string(total_quantities().size()) + " totals");
    one.settings = stored_settings(point);
    if (!one.totals.empty()) one.settings.insert(common.begin(), common.end());
    figures.points.push_back(std::move(one));
  }
  return figures;
}

/// Settings that all points with results have alike.
Settings common_settings(const SweepFigures& figures) {
  Settings common;
  bool first = true;
  for (const PointFigures& point : figures.points) {
    if (point.totals.empty()) continue;
    if (std::exchange(first, false)) common = point.settings;
    for (auto it = common.begin(); it != common.end();) {
      const auto own = point.settings.find(it->first);
      it = own == point.settings.end() || own->second != it->second ? common.erase(it) : std::next(it);
    }
  }
  return common;
}

/// ',"settings":{...}' of those that are not in `common`, or nothing.
std::string settings_text(const Settings& settings, const Settings& common) {
  Json own = Json::object();
  for (const auto& [key, value] : settings) {
    if (common.count(key) == 0) own[key] = value;
  }
  return own.empty() ? "" : ",\"settings\":" + dump_json(own);
}

}  // namespace

const std::vector<std::string>& total_quantities() {
  static const std::vector<std::string> names = names_of(kTotals);
  return names;
}

const std::vector<std::string>& group_quantities() {
  static const std::vector<std::string> names = names_of(kGroup);
  return names;
}

SweepFigures read_figures(const std::string& path) {
  try {
    return fs::is_directory(path) ? read_directory(path) : read_stored(path);
  } catch (const Json::exception&) {
    throw Error(path + ": expected a sweep's directory or a baseline file, got something else");
  }
}

std::string to_text(const SweepFigures& figures) {
  const Settings common = common_settings(figures);
  std::string text =
      "{\n\"format\":" + dump_json(kFormat) + ",\n\"name\":" + dump_json(figures.name) +
      ",\n\"version\":" + dump_json(figures.version) + ",\n\"commit\":" + dump_json(figures.commit) +
      ",\n\"totals\":" + dump_json(total_quantities()) + ",\n\"groups\":" + dump_json(group_quantities()) +
      (common.empty() ? "" : ",\n" + settings_text(common, {}).substr(1)) + ",\n\"points\":[";
  for (size_t i = 0; i < figures.points.size(); ++i) {
    const PointFigures& point = figures.points[i];
    text += std::string(i == 0 ? "" : ",") + "\n{\"axes\":" + dump_json(point.axes) +
            ",\"status\":" + dump_json(point.status) + settings_text(point.settings, common) +
            ",\"totals\":" + dump_json(point.totals) + ",\"groups\":[";
    for (size_t k = 0; k < point.groups.size(); ++k) {
      Json line = Json::array({point.groups[k].ops});
      for (const Json& value : point.groups[k].values) line.push_back(value);
      text += std::string(k == 0 ? "" : ",") + "\n" + dump_json(line);
    }
    text += "]}";
  }
  return text + "\n]\n}\n";
}

}  // namespace fusesim
