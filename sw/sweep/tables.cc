#include <fmt/format.h>

#include <algorithm>

#include "fusesim/report/csv_field.h"
#include "fusesim/sweep/results.h"

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
    {"cycles", "/totals/simulated/cycles"},
    {"pe_busy_cycles", "/totals/simulated/pe_busy_cycles"},
    {"vector_busy_cycles", "/totals/simulated/vector_busy_cycles"},
    {"dram_busy_cycles", "/totals/simulated/dram_busy_cycles"},
    {"stall_cycles", "/totals/simulated/stall_cycles"},
    {"energy_pj", "/totals/simulated/energy_pj"},
    {"peak_buffer_bytes", "/totals/simulated/peak_buffer_bytes"},
    {"pe_utilization", "/totals/simulated/pe_utilization"},
    {"bandwidth_bytes_per_s", "/totals/simulated/bandwidth_bytes_per_s"},
    {"fusable_bytes", "/totals/fusable_bytes"},
    {"unfused_bytes", "/totals/unfused_bytes"},
    {"compulsory_bytes", "/totals/compulsory_bytes"},
    {"groups", "/totals/groups"},
    {"mismatched_groups", "/totals/mismatched_groups"},
    {"search_algorithm", "/search/algorithm"},
    {"search_evaluated", "/search/evaluated"},
    {"optimal", "/search/optimal"},
    {"lower_bound_bytes", "/search/lower_bound_bytes"},
};

constexpr size_t kWidestCell = 32;

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

std::vector<std::vector<std::string>> cells_of(const SweepResults& results) {
  std::vector<std::string> header;
  for (const Axis& axis : results.sweep.axes) header.push_back(axis.name);
  header.insert(header.end(),
                {"status", "predicted B", "simulated B", "cycles", "peak B", "groups", "optimal"});
  std::vector<std::vector<std::string>> rows = {header};
  for (size_t i = 0; i < results.points.size(); ++i) {
    const PointResult& point = results.points[i];
    std::vector<std::string> row = results.sweep.points[i].values;
    row.emplace_back(to_string(point.status));
    for (const char* pointer :
         {"/totals/analytic/total_bytes", "/totals/simulated/total_bytes", "/totals/simulated/cycles",
          "/totals/simulated/peak_buffer_bytes", "/totals/groups"})
      row.push_back(with_commas(text_of(point.report, pointer)));
    const std::string optimal = text_of(point.report, "/search/optimal");
    row.emplace_back(optimal == "true" ? "yes" : optimal == "false" ? "no" : "");
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string sweep_csv(const SweepResults& results) {
  const Sweep& sweep = results.sweep;
  std::string text = "id";
  for (const Axis& axis : sweep.axes) text += "," + csv_field(axis.name);
  text += ",status,reason,buffer_bytes";
  for (const ReportColumn& column : kReportColumns) text += std::string(",") + column.name;
  text += ",version,commit,search_seconds,wall_seconds\n";
  for (size_t i = 0; i < results.points.size(); ++i) {
    const Point& point = sweep.points[i];
    const PointResult& result = results.points[i];
    text += point.id;
    for (const std::string& value : point.values) text += "," + csv_field(value);
    text += std::string(",") + to_string(result.status) + "," + csv_field(result.reason) + "," +
            std::to_string(point.buffer_bytes);
    for (const ReportColumn& column : kReportColumns)
      text += "," + csv_field(text_of(result.report, column.pointer));
    text += "," + csv_field(sweep.build.version) + "," + csv_field(sweep.build.commit) + "," +
            text_of(result.report, "/search/seconds") + "," + fmt::format("{:.3f}", result.seconds) + "\n";
  }
  return text;
}

std::string sweep_table(const SweepResults& results) {
  const std::vector<std::vector<std::string>> rows = cells_of(results);
  std::vector<size_t> widths(rows[0].size(), 0);
  for (const auto& row : rows) {
    for (size_t k = 0; k < row.size(); ++k)
      widths[k] = std::min(kWidestCell, std::max(widths[k], row[k].size()));
  }
  const size_t texts = results.sweep.axes.size() + 1;
  std::string table;
  for (const auto& row : rows) {
    std::string line;
    for (size_t k = 0; k < row.size(); ++k) {
      line += k == 0 ? "" : "  ";
      line += k < texts ? fmt::format("{:<{}}", row[k], widths[k]) : fmt::format("{:>{}}", row[k], widths[k]);
    }
    table += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return table + fmt::format("\n{} points: {} ok, {} mismatched, {} failed; {} not monotone in the buffer\n",
                             results.points.size(), results.count(PointStatus::ok),
                             results.count(PointStatus::mismatch), results.count(PointStatus::failed),
                             results.not_monotone.size());
}

}  // namespace fusesim
