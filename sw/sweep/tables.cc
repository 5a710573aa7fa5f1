#include <fmt/format.h>

#include <optional>

#include "figures.h"
#include "fusesim/report/csv_field.h"
#include "fusesim/sweep/results.h"
#include "text_table.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

/// A column whose values come from report.json.
struct ReportColumn {
  const char* name;
  const char* pointer;
};

constexpr ReportColumn kReportColumns[] = {
    {"analytic_ifmap_bytes", "/totals/analytic/ifmap_bytes"},
    {"analytic_ofmap_bytes", "/totals/analytic/ofmap_bytes"},
    {"analytic_weight_bytes", "/totals/analytic/weight_bytes"},
    {"analytic_total_bytes", "/totals/analytic/total_bytes"},
    {"simulated_ifmap_bytes", "/totals/simulated/ifmap_bytes"},
    {"simulated_ofmap_bytes", "/totals/simulated/ofmap_bytes"},
    {"simulated_weight_bytes", "/totals/simulated/weight_bytes"},
    {"simulated_total_bytes", "/totals/simulated/total_bytes"},
    {"bus_bytes", "/totals/simulated/bus_bytes"},
    {"dram_reads", "/totals/simulated/dram_reads"},
    {"dram_writes", "/totals/simulated/dram_writes"},
    {"activates", "/totals/simulated/activates"},
    {"precharges", "/totals/simulated/precharges"},
    {"row_hits", "/totals/simulated/row_hits"},
    {"refreshes", "/totals/simulated/refreshes"},
    {"predicted_cycles", "/totals/predicted/cycles"},
    {"cycles", "/totals/simulated/cycles"},
    {"pe_busy_cycles", "/totals/simulated/pe_busy_cycles"},
    {"vector_busy_cycles", "/totals/simulated/vector_busy_cycles"},
    {"dram_busy_cycles", "/totals/simulated/dram_busy_cycles"},
    {"stall_cycles", "/totals/simulated/stall_cycles"},
    {"port_bound_cycles", "/totals/simulated/port_bound_cycles"},
    {"cycles_confirmed", "/totals/cycles_confirmed"},
    {"predicted_energy_pj", "/totals/predicted/energy_pj"},
    {"energy_pj", "/totals/simulated/energy_pj"},
    {"array_pj", "/totals/simulated/energy_parts_pj/array"},
    {"vector_unit_pj", "/totals/simulated/energy_parts_pj/vector_unit"},
    {"buffer_pj", "/totals/simulated/energy_parts_pj/buffer"},
    {"dram_pj", "/totals/simulated/energy_parts_pj/dram"},
    {"dram_background_pj", "/totals/simulated/energy_parts_pj/dram_background"},
    {"static_pj", "/totals/simulated/energy_parts_pj/static"},
    {"peak_buffer_bytes", "/totals/simulated/peak_buffer_bytes"},
    {"pe_utilization", "/totals/simulated/pe_utilization"},
    {"bandwidth_bytes_per_s", "/totals/simulated/bandwidth_bytes_per_s"},
    {"buffer_mm2", "/totals/area_mm2/buffer"},
    {"array_mm2", "/totals/area_mm2/array"},
    {"area_mm2", "/totals/area_mm2/total"},
    {"fusable_bytes", "/totals/fusable_bytes"},
    {"unfused_bytes", "/totals/unfused_bytes"},
    {"compulsory_bytes", "/totals/compulsory_bytes"},
    {"groups", "/totals/groups"},
    {"mismatched_groups", "/totals/mismatched_groups"},
    {"search_algorithm", "/search/algorithm"},
    {"search_objective", "/search/objective"},
    {"search_evaluated", "/search/evaluated"},
    {"optimal", "/search/optimal"},
    {"lower_bound_bytes", "/search/lower_bound_bytes"},
};

/// A column that is worked out from several values.
struct DerivedColumn {
  const char* name;
  std::optional<double> (*figure)(const Json& report);
};
constexpr DerivedColumn kDerivedColumns[] = {{"edp_mj_ms", edp_mj_ms}, {"edp_area_mj_ms_mm2", edp_area}};

/// Three columns of each plan that a report compares with: PREFIX_bytes, PREFIX_cycles, PREFIX_energy_pj.
struct PlanColumns {
  const char* prefix;
  const char* objective;
};
constexpr PlanColumns kPlanColumns[] = {{"alone", ""},
                                        {"least_traffic", "dram"},
                                        {"least_time", "cycles"},
                                        {"least_energy", "energy"},
                                        {"least_edp", "edp"}};
constexpr std::pair<const char*, const char*> kPlanFigures[] = {
    {"bytes", "/dram_bytes"}, {"cycles", "/cycles"}, {"energy_pj", "/energy_pj"}};

std::string text_of(const Json& report, const char* pointer) {
  const Json::json_pointer path(pointer);
  if (report.is_null() || !report.contains(path) || report.at(path).is_null()) return "";
  const Json& value = report.at(path);
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string with_commas(const std::string& digits) {
  std::string text = digits;
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string text_of(const std::optional<double>& figure) { return figure ? Json(*figure).dump() : ""; }

/// In units of `unit`, four digits.
std::string short_text(const std::optional<double>& figure, double unit) {
  return figure ? fmt::format("{:.4g}", *figure / unit) : "";
}

std::vector<std::vector<std::string>> cells_of(const SweepResults& results) {
  constexpr double kPjPerMj = 1e9;
  std::vector<std::string> header;
  for (const Axis& axis : results.sweep.axes) header.push_back(axis.name);
  header.insert(header.end(), {"status", "predicted B", "simulated B", "predicted cycles", "cycles",
                               "predicted mJ", "mJ", "mJ x ms", "mm2", "peak B", "groups", "optimal"});
  std::vector<std::vector<std::string>> rows = {header};
  for (size_t i = 0; i < results.points.size(); ++i) {
    const Json& report = results.points[i].report;
    std::vector<std::string> row = results.sweep.points[i].values;
    row.emplace_back(to_string(results.points[i].status));
    for (const char* pointer : {"/totals/analytic/total_bytes", "/totals/simulated/total_bytes",
                                "/totals/predicted/cycles", "/totals/simulated/cycles"})
      row.push_back(with_commas(text_of(report, pointer)));
    row.push_back(short_text(number_at(report, "/totals/predicted/energy_pj"), kPjPerMj));
    row.push_back(short_text(number_at(report, "/totals/simulated/energy_pj"), kPjPerMj));
    row.push_back(short_text(edp_mj_ms(report), 1.0));
    row.push_back(short_text(number_at(report, "/totals/area_mm2/total"), 1.0));
    for (const char* pointer : {"/totals/simulated/peak_buffer_bytes", "/totals/groups"})
      row.push_back(with_commas(text_of(report, pointer)));
    const std::string optimal = text_of(report, "/search/optimal");
    row.emplace_back(optimal == "true" ? "yes" : optimal == "false" ? "no" : "");
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string report_columns_header() {
  std::string text;
  for (const ReportColumn& column : kReportColumns) text += std::string(",") + column.name;
  for (const DerivedColumn& column : kDerivedColumns) text += std::string(",") + column.name;
  for (const PlanColumns& plan : kPlanColumns) {
    for (const auto& [name, pointer] : kPlanFigures) text += std::string(",") + plan.prefix + "_" + name;
  }
  return text;
}

std::string report_columns(const Json& report) {
  std::string text;
  for (const ReportColumn& column : kReportColumns) text += "," + csv_field(text_of(report, column.pointer));
  for (const DerivedColumn& column : kDerivedColumns) text += "," + text_of(column.figure(report));
  for (const PlanColumns& columns : kPlanColumns) {
    const Json* plan = alternative(report, columns.objective);
    for (const auto& [name, pointer] : kPlanFigures)
      text += "," + (plan == nullptr ? "" : text_of(*plan, pointer));
  }
  return text;
}

/// "18 dram, 12 cycles": of each objective that has any.
std::string counted(const MonotoneCheck& check, int64_t ComparedOptima::*pairs) {
  std::string text;
  for (const ComparedOptima& one : check.compared) {
    if (one.*pairs > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one.*pairs, one.objective);
  }
  return text;
}

/// What the comparison of buffer sizes looked at, and what it left out.
std::string compared_lines(const MonotoneCheck& check) {
  constexpr std::pair<int64_t ComparedOptima::*, const char*> kLines[] = {
      {&ComparedOptima::pairs, "pairs of buffer sizes whose proven optima were compared: {}\n"},
      {&ComparedOptima::pairs_of_auto_energy,
       "not compared: {}; with energy.buffer_*_byte_pj: auto a byte costs more in a larger buffer\n"},
      {&ComparedOptima::pairs_of_other_schemes,
       "not compared: {}; an op that is too large for the scheme in the smaller buffer fits in the "
       "larger\n"}};
  std::string text;
  for (const auto& [pairs, line] : kLines) {
    const std::string counts = counted(check, pairs);
    if (!counts.empty()) text += fmt::format(fmt::runtime(line), counts);
  }
  return text;
}

}  // namespace

std::string sweep_csv(const SweepResults& results) {
  const Sweep& sweep = results.sweep;
  std::string text = "id";
  for (const Axis& axis : sweep.axes) text += "," + csv_field(axis.name);
  text += ",status,reason,buffer_bytes" + report_columns_header();
  text += ",version,commit,search_seconds,wall_seconds\n";
  for (size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = sweep.points[i];
    const PointResult& result = results.points[i];
    text += point.id;
    for (const std::string& value : point.values) text += "," + csv_field(value);
    text += std::string(",") + to_string(result.status) + "," + csv_field(result.reason) + "," +
            std::to_string(point.buffer_bytes) + report_columns(result.report);
    text += "," + csv_field(sweep.build.version) + "," + csv_field(sweep.build.commit) + "," +
            text_of(result.report, "/search/seconds") + "," + fmt::format("{:.3f}", result.seconds) + "\n";
  }
  return text;
}

std::string sweep_table(const SweepResults& results) {
  return text_table(cells_of(results), results.sweep.axes.size() + 1) + best_buffer_table(results) +
         fmt::format("\n{} points: {} ok, {} mismatched, {} failed; {} not monotone in the buffer\n",
                     results.points.size(), results.count(PointStatus::ok),
                     results.count(PointStatus::mismatch), results.count(PointStatus::failed),
                     results.monotone.found.size()) +
         compared_lines(results.monotone);
}

}  // namespace fusesim
