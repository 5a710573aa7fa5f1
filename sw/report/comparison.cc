#include "fusesim/report/comparison.h"

#include <filesystem>
#include <set>
#include <utility>

#include "fusesim/base/error.h"
#include "fusesim/base/json_object.h"
#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFormat = "fusesim.report/1";
constexpr const char* kReportName = "report.json";

/// Where a figure is in `totals`, and in a group, of a report.
struct Place {
  const char* name;
  const char* pointer;
};

constexpr Place kDramBytes[] = {{"total", "/simulated/total_bytes"},
                                {"ifmap", "/simulated/ifmap_bytes"},
                                {"ofmap", "/simulated/ofmap_bytes"},
                                {"weights", "/simulated/weight_bytes"}};
constexpr Place kCycles[] = {{"total", "/simulated/cycles"},
                             {"array", "/simulated/causes/array"},
                             {"vector_unit", "/simulated/causes/vector_unit"},
                             {"buffer_port", "/simulated/causes/buffer_port"},
                             {"fill", "/simulated/causes/fill"},
                             {"dram_overhead", "/simulated/causes/dram_overhead"},
                             {"ifmap", "/simulated/causes/ifmap"},
                             {"weights", "/simulated/causes/weights"},
                             {"ofmap", "/simulated/causes/ofmap"}};
constexpr Place kEnergy[] = {{"total", "/simulated/energy_pj"},
                             {"array", "/simulated/energy_parts_pj/array"},
                             {"vector_unit", "/simulated/energy_parts_pj/vector_unit"},
                             {"buffer", "/simulated/energy_parts_pj/buffer"},
                             {"dram", "/simulated/energy_parts_pj/dram"},
                             {"dram_background", "/simulated/energy_parts_pj/dram_background"},
                             {"static", "/simulated/energy_parts_pj/static"}};
constexpr Place kPlan[] = {{"groups", "/groups"},
                           {"mismatched_groups", "/mismatched_groups"},
                           {"peak_buffer_bytes", "/simulated/peak_buffer_bytes"},
                           {"area_mm2", "/area_mm2/total"}};
constexpr Place kGroup[] = {{"dram_bytes", "/simulated/total_bytes"},
                            {"cycles", "/simulated/cycles"},
                            {"energy_pj", "/simulated/energy_pj"},
                            {"buffer_bytes", "/buffer_bytes"}};

json number_at(const json& object, const char* pointer) {
  const json::json_pointer place(pointer);
  if (!object.contains(place) || !object.at(place).is_number()) return nullptr;
  return object.at(place);
}

template <size_t N>
std::vector<ComparedFigure> compared(const Place (&places)[N], const json& a, const json& b) {
  std::vector<ComparedFigure> figures;
  for (const Place& place : places)
    figures.push_back({place.name, number_at(a, place.pointer), number_at(b, place.pointer)});
  return figures;
}

/// A group as a report has it.
struct StoredGroup {
  std::vector<int64_t> ops;
  std::vector<std::string> names;
  std::string schedule;
  json figures;  ///< the group of the report
};

struct StoredReport {
  std::string path;
  std::string run;
  std::string model_sha256;
  Settings settings;
  json totals;
  std::vector<StoredGroup> groups;
};

/// "brr_tiles full all 32 4 7 false 1, 2 strips"
std::string schedule_text(const json& group, const std::string& mode) {
  std::string text = mode;
  if (group.contains("brr") && group.at("brr").is_object()) {
    for (const auto& [key, value] : group.at("brr").items())
      text += " " + key + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  if (group.contains("strips")) text += " strips=" + group.at("strips").dump();
  return text;
}

/// Throws Error unless the member is an object.
void expect_object(JsonObject& parent, const char* key) {
  const JsonObject checked(parent.value(key), parent.place(key));
}

StoredGroup read_group(const json& value, const std::string& place) {
  JsonObject object(value, place);
  StoredGroup group;
  const json& ops = object.array("ops");
  for (size_t i = 0; i < ops.size(); ++i) {
    JsonObject op(ops[i], object.place("ops") + "[" + std::to_string(i) + "]");
    group.ops.push_back(op.integer("index", 0, INT32_MAX));
    group.names.push_back(op.text("name"));
  }
  if (ops.empty()) refuse(object.place("ops"), "ops", "none");
  group.schedule = schedule_text(value, object.text("mode"));
  expect_object(object, "simulated");
  group.figures = value;
  return group;
}

StoredReport read_document(const json& document, const std::string& path) {
  JsonObject root(document, "");
  const std::string format = root.text("format");
  if (format != kFormat) refuse("format", std::string("'") + kFormat + "'", "'" + format + "'");
  JsonObject model(root.value("model"), "model");
  JsonObject totals(root.value("totals"), "totals");
  expect_object(totals, "simulated");
  expect_object(root, "config");
  expect_object(root, "search");
  StoredReport report{path,
                      model.text("name") + ", " + root.text("fusion"),
                      model.text("sha256"),
                      settings_of(document),
                      root.value("totals"),
                      {}};
  const json& groups = root.array("groups");
  for (size_t i = 0; i < groups.size(); ++i)
    report.groups.push_back(read_group(groups[i], "groups[" + std::to_string(i) + "]"));
  return report;
}

StoredReport read_stored_report(const std::string& given) {
  std::error_code unknown;
  const bool directory = fs::is_directory(given, unknown);
  const std::string path = directory ? (fs::path(given) / kReportName).string() : given;
  const json document = parse_json(read_file(path), path);
  try {
    return read_document(document, path);
  } catch (const Error& error) {
    throw Error(path + ": " + error.what());
  }
}

ComparedGroup compared_group(const StoredGroup* a, size_t index_a, const StoredGroup* b, size_t index_b) {
  static const json none = json::object();
  const StoredGroup& known = a != nullptr ? *a : *b;
  ComparedGroup group;
  group.ops = known.ops;
  group.name = known.names.front();
  if (known.names.size() > 1) group.name += " .. " + known.names.back();
  if (a != nullptr) {
    group.a = index_a;
    group.schedule_a = a->schedule;
  }
  if (b != nullptr) {
    group.b = index_b;
    group.schedule_b = b->schedule;
  }
  group.figures = compared(kGroup, a != nullptr ? a->figures : none, b != nullptr ? b->figures : none);
  return group;
}

bool is_same(const ComparedGroup& group) {
  bool same = group.schedule_a == group.schedule_b;
  for (const ComparedFigure& figure : group.figures) same = same && figure.a == figure.b;
  return same;
}

/// What a group is matched by.
using GroupKey = std::pair<std::vector<int64_t>, std::vector<std::string>>;

GroupKey key_of(const StoredGroup& group, bool same_model) {
  return same_model ? GroupKey(group.ops, {}) : GroupKey({}, group.names);
}

void compare_groups(const StoredReport& a, const StoredReport& b, ReportComparison& comparison) {
  const bool same_model = a.model_sha256 == b.model_sha256;
  std::map<GroupKey, std::vector<size_t>> of_b;
  for (size_t i = b.groups.size(); i-- > 0;) of_b[key_of(b.groups[i], same_model)].push_back(i);
  std::set<size_t> taken;
  for (size_t i = 0; i < a.groups.size(); ++i) {
    const auto found = of_b.find(key_of(a.groups[i], same_model));
    if (found == of_b.end() || found->second.empty()) {
      comparison.only_a.push_back(compared_group(&a.groups[i], i, nullptr, 0));
      continue;
    }
    const size_t other = found->second.back();
    found->second.pop_back();
    taken.insert(other);
    ComparedGroup group = compared_group(&a.groups[i], i, &b.groups[other], other);
    if (is_same(group)) {
      ++comparison.same_groups;
    } else {
      comparison.changed.push_back(std::move(group));
    }
  }
  for (size_t i = 0; i < b.groups.size(); ++i) {
    if (taken.count(i) == 0) comparison.only_b.push_back(compared_group(nullptr, 0, &b.groups[i], i));
  }
}

}  // namespace

ReportComparison compare_reports(const std::string& path_a, const std::string& path_b) {
  const StoredReport a = read_stored_report(path_a);
  const StoredReport b = read_stored_report(path_b);
  ReportComparison comparison;
  comparison.path_a = a.path;
  comparison.path_b = b.path;
  comparison.run_a = a.run;
  comparison.run_b = b.run;
  comparison.settings = changed_settings(a.settings, b.settings);
  comparison.totals = {{"dram_bytes", compared(kDramBytes, a.totals, b.totals)},
                       {"cycles", compared(kCycles, a.totals, b.totals)},
                       {"energy_pj", compared(kEnergy, a.totals, b.totals)},
                       {"plan", compared(kPlan, a.totals, b.totals)}};
  compare_groups(a, b, comparison);
  return comparison;
}

}  // namespace fusesim
