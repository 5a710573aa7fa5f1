#pragma once

#include <string>
#include <vector>

#include "yaml_tree.h"

namespace fusesim {

/// Lays "key.key=value" overrides over a tree, in order; malformed ones are reported as "--set: ...".
void apply_overrides(YamlValue& root, const std::vector<std::string>& overrides, Diagnostics& diagnostics);

}  // namespace fusesim
