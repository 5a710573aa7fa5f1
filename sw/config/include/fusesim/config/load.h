#pragma once

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

}  // namespace fusesim
