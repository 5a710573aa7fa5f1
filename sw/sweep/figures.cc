#include "figures.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kPjPerMj = 1e9;
constexpr double kKhzPerMhz = 1e3;

/// A figure and where a report has it.
struct Figure {
  const char* name;
  const char* pointer;
};
constexpr Figure kFigures[] = {
    {"dram_bytes", "/totals/simulated/total_bytes"},
    {"predicted_cycles", "/totals/predicted/cycles"},
    {"cycles", "/totals/simulated/cycles"},
    {"port_bound_cycles", "/totals/simulated/port_bound_cycles"},
    {"predicted_energy_pj", "/totals/predicted/energy_pj"},
    {"energy_pj", "/totals/simulated/energy_pj"},
    {"energy_parts_pj", "/totals/simulated/energy_parts_pj"},
    {"peak_buffer_bytes", "/totals/simulated/peak_buffer_bytes"},
    {"area_mm2", "/totals/area_mm2/total"},
    {"alternatives", "/alternatives"},
};

}  // namespace

std::optional<double> number_at(const Json& report, const char* pointer) {
  const Json::json_pointer place(pointer);
  if (!report.contains(place) || !report.at(place).is_number()) return std::nullopt;
  return report.at(place).get<double>();
}

std::optional<double> edp_mj_ms(const Json& report) {
  const std::optional<double> energy_pj = number_at(report, "/totals/simulated/energy_pj");
  const std::optional<double> cycles = number_at(report, "/totals/simulated/cycles");
  const std::optional<double> clock_mhz = number_at(report, "/config/clock_mhz");
  if (!energy_pj || !cycles || !clock_mhz) return std::nullopt;
  return *energy_pj / kPjPerMj * (*cycles / (*clock_mhz * kKhzPerMhz));
}

std::optional<double> edp_area(const Json& report) {
  const std::optional<double> edp = edp_mj_ms(report);
  const std::optional<double> area_mm2 = number_at(report, "/totals/area_mm2/total");
  if (!edp || !area_mm2) return std::nullopt;
  return *edp * *area_mm2;
}

const Json* alternative(const Json& report, const std::string& objective) {
  if (!report.is_object() || !report.contains("alternatives")) return nullptr;
  for (const Json& plan : report.at("alternatives")) {
    const Json& asked = plan.at("objective");
    if (asked.is_null() ? objective.empty() : asked == objective) return &plan;
  }
  return nullptr;
}

Json figures_json(const Json& report) {
  Json json = Json::object();
  for (const Figure& figure : kFigures) {
    const Json::json_pointer place(figure.pointer);
    if (report.contains(place)) json[figure.name] = report.at(place);
  }
  if (const std::optional<double> edp = edp_mj_ms(report)) json["edp_mj_ms"] = *edp;
  if (const std::optional<double> product = edp_area(report)) json["edp_area_mj_ms_mm2"] = *product;
  return json;
}

}  // namespace fusesim
