#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace fusesim {

/// What a plan can be least in, as --objective names it, in the order of its help.
inline constexpr const char* kObjectives[] = {"dram", "cycles", "energy", "edp"};

/// The number at a JSON pointer of a report; nothing where there is none.
std::optional<double> number_at(const nlohmann::ordered_json& report, const char* pointer);

/// Energy times time of the simulated run, mJ x ms.
std::optional<double> edp_mj_ms(const nlohmann::ordered_json& report);
/// The same times the area of the machine, mJ x ms x mm2.
std::optional<double> edp_area(const nlohmann::ordered_json& report);

/// Of a report's `alternatives` the one of this objective; "": every op alone. nullptr: the report has none.
const nlohmann::ordered_json* alternative(const nlohmann::ordered_json& report, const std::string& objective);

/// What sweep.json says of a point that has a report. A figure whose parts are missing is left out.
nlohmann::ordered_json figures_json(const nlohmann::ordered_json& report);

}  // namespace fusesim
