#include "dram_preset.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "schema.h"

namespace fusesim {
namespace {

namespace fs = std::filesystem;

bool is_path(const std::string& preset) {
  return preset.find('/') != std::string::npos || fs::path(preset).extension() == ".yaml";
}

fs::path preset_folder() { return fs::path(data_directory()) / "configs" / "dram"; }

std::string preset_names() {
  std::vector<std::string> names;
  std::error_code fault;
  for (const auto& file : fs::directory_iterator(preset_folder(), fault)) {
    if (file.path().extension() == ".yaml") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "no preset found in " + preset_folder().string() : text;
}

/// Path of a preset's file, or empty after a report.
std::string resolve(const YamlValue& preset, const std::string& key, ReadState& state) {
  if (preset.kind != YamlValue::Kind::scalar || preset.text.empty()) {
    state.diagnostics.add(preset.place, key, "the name of a DRAM preset or a path to one", describe(preset));
    return "";
  }
  const bool from_file = preset.place.file != "--set";
  fs::path path = preset_folder() / (preset.text + ".yaml");
  if (is_path(preset.text)) {
    path = from_file ? fs::path(preset.place.file).parent_path() / preset.text : fs::path(preset.text);
  }
  std::error_code fault;
  if (fs::exists(path, fault)) return path.string();
  const std::string expected = is_path(preset.text)
                                   ? "the path of a DRAM file"
                                   : "a DRAM preset (" + preset_names() + ") or a path to a .yaml file";
  state.diagnostics.add(preset.place, key, expected, describe(preset));
  return "";
}

/// What a DRAM file that says nothing of it has: not what the built-in part has.
void forget_standby(Config& config) {
  config.dram.xp = 0;
  config.energy.dram_precharged_mw.reset();
  config.energy.dram_power_down_mw.reset();
  config.energy.dram_power_down_precharged_mw.reset();
}

void read_preset(const std::string& path, Config& config, ReadState& state) {
  const size_t faults_before = state.diagnostics.size();
  const YamlValue root = parse_yaml_file(path, state.diagnostics);
  if (root.entries.empty() && state.diagnostics.size() > faults_before) return;
  ReadState inner(state.diagnostics, true);
  Reader reader(root, "", inner);
  forget_standby(config);
  describe_dram(reader, config.dram, config.energy);
  reader.finish();
  inner.report_unknown();
  for (const auto& [key, place] : inner.places) {
    state.places["dram." + key] = place;
    state.inherited.insert("dram." + key);
  }
  for (const std::string& key : inner.failed) state.failed.insert("dram." + key);
}

}  // namespace

void read_dram(const YamlEntry* dram, Config& config, ReadState& state) {
  static const YamlEntry absent{"dram", {}, [] {
                                  YamlValue value;
                                  value.kind = YamlValue::Kind::map;
                                  return value;
                                }()};
  const YamlEntry& entry = dram == nullptr ? absent : *dram;
  if (entry.value.kind != YamlValue::Kind::map) {
    const std::string path = resolve(entry.value, "dram", state);
    if (!path.empty()) read_preset(path, config, state);
    return read_dram(nullptr, config, state);
  }
  Reader reader(entry.value, "dram.", state);
  if (const YamlEntry* preset = reader.find("preset")) {
    const std::string path = resolve(preset->value, "dram.preset", state);
    if (!path.empty()) read_preset(path, config, state);
  }
  describe_dram(reader, config.dram, config.energy);
  reader.finish();
}

}  // namespace fusesim
