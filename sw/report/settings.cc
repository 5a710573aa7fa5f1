#include <fmt/format.h>

#include "config_json.h"
#include "fusesim/report/comparison.h"
#include "text.h"

namespace fusesim {
namespace {

using nlohmann::json;

constexpr const char* kOfModel[] = {"name", "sha256", "batch"};
constexpr const char* kOfSearch[] = {"algorithm", "objective", "explainer", "budget", "seed"};

/// Keys of nested objects, joined by dots.
void flatten(const json& value, const std::string& key, Settings& settings) {
  if (!value.is_object()) {
    settings[key] = value;
    return;
  }
  const std::string section = key.empty() ? "" : key + ".";
  for (const auto& [name, inner] : value.items()) flatten(inner, section + name, settings);
}

template <size_t N>
void take(const json& report, const char* section, const char* const (&keys)[N], Settings& settings) {
  if (!report.contains(section)) return;
  for (const char* key : keys) {
    const json& values = report.at(section);
    if (values.contains(key) && !values.at(key).is_null())
      settings[std::string(section) + "." + key] = values.at(key);
  }
}

std::string text_of(const json& value) {
  if (value.is_null()) return "none";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

constexpr const char* kDram = "dram.";
constexpr const char* kDramName = "dram.name";

bool is_of_dram(const ChangedSetting& setting) {
  return setting.key.rfind(kDram, 0) == 0 && setting.key != kDramName;
}

}  // namespace

Settings settings_of(const json& report) {
  Settings settings;
  if (report.contains("config")) flatten(report.at("config"), "", settings);
  take(report, "model", kOfModel, settings);
  take(report, "search", kOfSearch, settings);
  if (report.contains("fusion")) settings["fusion"] = report.at("fusion");
  return settings;
}

std::vector<ChangedSetting> changed_settings(const Settings& before, const Settings& after) {
  std::vector<ChangedSetting> changed;
  auto was = before.begin();
  auto is = after.begin();
  while (was != before.end() || is != after.end()) {
    const bool gone = is == after.end() || (was != before.end() && was->first < is->first);
    const bool is_new = was == before.end() || (is != after.end() && is->first < was->first);
    if (gone) {
      changed.push_back({was->first, was->second, nullptr});
    } else if (is_new) {
      changed.push_back({is->first, nullptr, is->second});
    } else if (was->second != is->second) {
      changed.push_back({is->first, was->second, is->second});
    }
    if (!is_new) ++was;
    if (!gone) ++is;
  }
  return changed;
}

std::vector<ChangedSetting> changed_settings(const Config& before, const Config& after) {
  return changed_settings(settings_of({{"config", config_json(before)}}),
                          settings_of({{"config", config_json(after)}}));
}

std::vector<std::vector<std::string>> setting_rows(const std::vector<ChangedSetting>& changed) {
  bool other_part = false;
  int64_t of_dram = 0;
  for (const ChangedSetting& setting : changed) {
    other_part = other_part || setting.key == kDramName;
    of_dram += is_of_dram(setting) ? 1 : 0;
  }
  std::vector<std::vector<std::string>> rows;
  for (const ChangedSetting& setting : changed) {
    if (other_part && is_of_dram(setting)) continue;
    std::string after = text_of(setting.after);
    if (setting.key == kDramName && of_dram > 0)
      after += fmt::format(" ({} more key{} of dram)", of_dram, of_dram == 1 ? "" : "s");
    rows.push_back({setting.key, text_of(setting.before), after});
  }
  return rows;
}

std::string ranges_of(const std::vector<int64_t>& ops) {
  std::string text;
  for (size_t i = 0; i < ops.size();) {
    size_t end = i;
    while (end + 1 < ops.size() && ops[end + 1] == ops[end] + 1) ++end;
    text += (text.empty() ? "" : ",") + std::to_string(ops[i]);
    if (end > i) text += "-" + std::to_string(ops[end]);
    i = end + 1;
  }
  return text;
}

std::string per_cent_text(const json& before, const json& after) {
  if (before == after) return before.is_null() ? "" : "same";
  if (!before.is_number() || !after.is_number() || before.get<double>() == 0.0) return "";
  return fmt::format("{:+.2f} %", 100.0 * (after.get<double>() / before.get<double>() - 1.0));
}

}  // namespace fusesim
