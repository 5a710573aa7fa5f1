#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "dram_preset.h"
#include "fusesim/config/accelerators.h"
#include "fusesim/config/config.h"
#include "fusesim/config/load.h"
#include "fusesim/config/reader.h"
#include "fusesim/config/yaml_tree.h"
#include "overrides.h"
#include "schema.h"
#include "validate.h"

namespace fusesim {
namespace {

/// What could have been meant by a --config that is no file.
std::string near_accelerators(const std::string& name) {
  const std::string near = nearest(name.substr(0, name.rfind('.')), accelerators());
  if (!near.empty()) return "nearest: " + near;
  std::string names;
  for (const std::string& known : accelerators()) names += (names.empty() ? "" : ", ") + known;
  return "or one of " + names;
}

YamlValue read_accelerator(const std::string& name_or_path, Diagnostics& diagnostics) {
  const std::string path = accelerator_path(name_or_path);
  std::error_code ignored;
  const bool absent = std::filesystem::status(path, ignored).type() == std::filesystem::file_type::not_found;
  if (path.find('/') != std::string::npos || !absent) return parse_yaml_file(path, diagnostics);
  YamlValue empty;
  empty.kind = YamlValue::Kind::map;
  empty.place = {path, 0, 0};
  diagnostics.add(empty.place, "", "a readable YAML file (" + near_accelerators(path) + ")", "no such file");
  return empty;
}

/// PE columns, their half and their quarter; distinct, at least 1, descending.
std::vector<int64_t> default_slices(int64_t columns) {
  std::vector<int64_t> slices;
  for (const int64_t g : {columns, columns / 2, columns / 4}) {
    if (g >= 1 && (slices.empty() || g < slices.back())) slices.push_back(g);
  }
  return slices;
}

LoadedConfig load(const std::string& path, const std::vector<YamlEntry>& overrides,
                  Diagnostics& diagnostics) {
  YamlValue root;
  root.kind = YamlValue::Kind::map;
  root.place = {"built-in defaults", 0, 0};
  if (!path.empty()) root = read_accelerator(path, diagnostics);
  apply_overrides(root, overrides);

  LoadedConfig loaded;
  Config& config = loaded.config;
  ReadState state(diagnostics, false);
  Reader reader(root, "", state);
  describe_accelerator(reader, config);
  read_dram(reader.find("dram"), config, state);
  reader.finish();
  state.report_unknown();

  if (config.brr.slice_channels.empty()) config.brr.slice_channels = default_slices(config.pe.columns);
  check_rules(config, root.place.file, state);
  for (const auto& [key, place] : state.places) loaded.written.insert(key);
  return loaded;
}

}  // namespace

Config load_config(const std::string& path, const std::vector<YamlEntry>& overrides,
                   Diagnostics& diagnostics) {
  return load(path, overrides, diagnostics).config;
}

LoadedConfig load_with_keys(const std::string& path, const std::vector<std::string>& overrides) {
  Diagnostics diagnostics;
  const std::vector<YamlEntry> entries = parse_overrides(overrides, diagnostics);
  LoadedConfig loaded = load(path, entries, diagnostics);
  diagnostics.throw_if_any();
  return loaded;
}

Config load_config(const std::string& path, const std::vector<std::string>& overrides) {
  return load_with_keys(path, overrides).config;
}

}  // namespace fusesim
