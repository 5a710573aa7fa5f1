#pragma once

#include <set>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/config/diagnostics.h"
#include "fusesim/config/yaml_tree.h"

namespace fusesim {

/// Like load_config of config.h, for overrides that another file holds: their keys are dotted ("pe.rows"),
/// their faults are reported at their own places, and relative paths in them are relative to that file.
/// Faults are added to `diagnostics`; where there are any, the result is not to be used.
Config load_config(const std::string& path, const std::vector<YamlEntry>& overrides,
                   Diagnostics& diagnostics);

/// A configuration, and the dotted keys that somebody wrote ("buffer.capacity"), in a file or an override,
/// whichever way they were spelled; all others have their defaults.
struct LoadedConfig {
  Config config;
  std::set<std::string> written;
};
/// Like load_config of config.h. Throws Error.
LoadedConfig load_with_keys(const std::string& path, const std::vector<std::string>& overrides);

}  // namespace fusesim
