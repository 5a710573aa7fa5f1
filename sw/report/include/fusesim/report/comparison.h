#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "fusesim/config/config.h"

namespace fusesim {

/// What a run was asked for: keys of the configuration as --set names them, and `model.name`, `model.sha256`,
/// `model.batch`, `fusion`, `search.algorithm`, `search.objective`, `search.explainer`, `search.budget`,
/// `search.seed`.
using Settings = std::map<std::string, nlohmann::json>;
/// The settings that a report (`fusesim.report/1`) names.
Settings settings_of(const nlohmann::json& report);

/// A setting with two values; null: it is not there.
struct ChangedSetting {
  std::string key;
  nlohmann::json before, after;
};
/// What differs, by key.
std::vector<ChangedSetting> changed_settings(const Settings& before, const Settings& after);
/// The same of two machines.
std::vector<ChangedSetting> changed_settings(const Config& before, const Config& after);
/// One line for each: "key", "before", "after". Of a DRAM part that is another one its name alone, with the
/// number of its other keys that differ.
std::vector<std::vector<std::string>> setting_rows(const std::vector<ChangedSetting>& changed);

/// "0-3,7"
std::string ranges_of(const std::vector<int64_t>& ops);
/// "+1.25 %", "same", or "" where there is no ratio; null: no figure.
std::string per_cent_text(const nlohmann::json& before, const nlohmann::json& after);

/// One figure of both runs; null: that run has none.
struct ComparedFigure {
  std::string name;
  nlohmann::json a, b;
};
/// Figures of a kind, the total first, then what it is made of.
struct ComparedFigures {
  std::string name;  ///< dram_bytes, cycles, energy_pj, plan
  std::vector<ComparedFigure> figures;
};

/// A group of one run, or of both.
struct ComparedGroup {
  std::vector<int64_t> ops;  ///< indices, ascending; of A where it has the group
  std::string name;          ///< its op, or "first .. last"
  std::optional<size_t> a, b;
  std::string schedule_a, schedule_b;   ///< mode and parameters
  std::vector<ComparedFigure> figures;  ///< dram_bytes, cycles, energy_pj, buffer_bytes
};

/// Two runs side by side.
struct ReportComparison {
  std::string path_a, path_b;
  std::string run_a, run_b;  ///< "resnet18, brr"
  std::vector<ChangedSetting> settings;
  std::vector<ComparedFigures> totals;
  size_t same_groups = 0;              ///< in both, with the same figures
  std::vector<ComparedGroup> changed;  ///< in both, with other figures, in the order of A
  std::vector<ComparedGroup> only_a, only_b;
};

/// Reads the reports of two runs (report.json, or a directory that has one) and matches their groups by their
/// ops: by index in the same model, otherwise by name. Throws Error "path: place: expected X, got Y".
ReportComparison compare_reports(const std::string& a, const std::string& b);
std::string to_table(const ReportComparison& comparison);
/// JSON `fusesim.comparison/1` (sw/report/README.md lists its fields).
std::string to_json(const ReportComparison& comparison);

}  // namespace fusesim
