#include "page_data.h"

#include <filesystem>

#include "fusesim/config/config.h"
#include "json_file.h"
#include "page_graphs.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

/// field of the page -> place in a group of the report; a place that a group lacks becomes null.
constexpr std::pair<const char*, const char*> kGroupFields[] = {
    {"mode", "/mode"},
    {"buffer_bytes", "/buffer_bytes"},
    {"ifmap_bytes", "/simulated/ifmap_bytes"},
    {"ofmap_bytes", "/simulated/ofmap_bytes"},
    {"weight_bytes", "/simulated/weight_bytes"},
    {"analytic_bytes", "/analytic/total_bytes"},
    {"simulated_bytes", "/simulated/total_bytes"},
    {"predicted_cycles", "/predicted/cycles"},
    {"cycles", "/simulated/cycles"},
    {"energy_pj", "/simulated/energy_pj"},
    {"bound_by", "/bound_by"},
    {"causes", "/simulated/causes"},
    {"roofline", "/roofline"},
    {"utilization", "/utilization"},
    {"recomputed", "/recomputed"},
    {"confirmed", "/confirmed"},
    {"brr", "/brr"},
};

/// field of the page -> place in an op of a group; a place that an op lacks becomes null.
constexpr std::pair<const char*, const char*> kOpFields[] = {
    {"cycles", "/simulated/cycles"},
    {"macs", "/simulated/macs"},
    {"array_share", "/simulated/roofline/array_share"},
};

Json at_or_null(const Json& json, const char* place) {
  const Json::json_pointer pointer(place);
  return json.contains(pointer) ? json.at(pointer) : Json();
}

/// The cause that took most of an op's cycles; null where it took none.
Json dominant_cause(const Json& op) {
  Json name;
  int64_t most = 0;
  const Json causes = at_or_null(op, "/simulated/causes");
  for (const auto& [cause, cycles] : causes.items()) {
    if (cycles.get<int64_t>() <= most) continue;
    most = cycles.get<int64_t>();
    name = cause;
  }
  return name;
}

/// One array per field, with a value for each op of the group in its order.
void add_op_figures(const Json& group, const std::string& path, Json& figures) {
  const Json& ops = field(group, "/ops", path);
  Json causes = Json::array();
  for (const Json& op : ops) causes.push_back(dominant_cause(op));
  figures["cause"].push_back(causes);
  for (const auto& [name, place] : kOpFields) {
    Json values = Json::array();
    for (const Json& op : ops) values.push_back(at_or_null(op, place));
    figures[name].push_back(values);
  }
}

Json groups_json(const Json& report, const std::string& path) {
  Json json;
  for (const Json& group : field(report, "/groups", path)) {
    Json ops = Json::array();
    for (const Json& op : field(group, "/ops", path)) ops.push_back(field(op, "/index", path));
    json["ops"].push_back(ops);
    for (const auto& [name, place] : kGroupFields) json[name].push_back(at_or_null(group, place));
    add_op_figures(group, path, json["op_figures"]);
  }
  return json;
}

void add_report(const std::string& path, Json& point, PageGraphs& graphs) {
  const Json report = read_json(path, "fusesim.report/1");
  point["graph"] = graphs.add(report, path);
  point["model"] = field(report, "/model/name", path);
  point["fusion"] = field(report, "/fusion", path);
  point["buffer_bytes"] =
      parse_bytes(field(report, "/config/buffer/capacity", path).get<std::string>(), path);
  point["clock_mhz"] = field(report, "/config/clock_mhz", path);
  Json search = field(report, "/search", path);
  search.erase("seconds");  // the one field that differs from run to run
  point["search"] = search;
  point["totals"] = field(report, "/totals", path);
  for (const char* key : {"alternatives", "warnings"}) point[key] = report.value(key, Json::array());
  point["groups"] = groups_json(report, path);
}

/// The id of a point names its folder and nothing outside.
std::string checked_id(const Json& point, const std::string& path) {
  auto id = field(point, "/id", path).get<std::string>();
  if (id.empty() || id == "." || id == ".." || id.find('/') != std::string::npos)
    throw Error(path + ": points: id: expected a folder's name, got \"" + id + "\"");
  return id;
}

Json point_json(const Json& point, const std::string& directory, const std::string& path,
                PageGraphs& graphs) {
  const std::string id = checked_id(point, path);
  Json json = {{"id", id},
               {"axes", field(point, "/axes", path)},
               {"status", field(point, "/status", path)},
               {"reason", point.value("reason", Json())}};
  const std::string report = directory + "/points/" + id + "/report.json";
  if (std::filesystem::exists(report)) add_report(report, json, graphs);
  return json;
}

}  // namespace

Json page_data(const std::string& sweep_directory) {
  const std::string path = sweep_directory + "/sweep.json";
  const Json sweep = read_json(path, "fusesim.sweep/1");
  try {
    if (!field(sweep, "/name", path).is_string()) throw Error(path + ": name: expected a text");
    PageGraphs graphs;
    Json points = Json::array();
    for (const Json& point : field(sweep, "/points", path))
      points.push_back(point_json(point, sweep_directory, path, graphs));
    return {{"sweep",
             {{"name", field(sweep, "/name", path)},
              {"version", field(sweep, "/version", path)},
              {"commit", field(sweep, "/commit", path)},
              {"fixed", sweep.value("fixed", Json::object())},
              {"zip", sweep.value("zip", Json::array())},
              {"not_monotone", sweep.value("not_monotone", Json::array())}}},
            {"axes", field(sweep, "/axes", path)},
            {"points", points},
            {"graphs", graphs.json()}};
  } catch (const Json::exception& fault) {
    throw Error(path + ": expected a sweep with its reports: " + fault.what());
  }
}

}  // namespace fusesim
