#pragma once

#include <string>
#include <vector>

#include "fusesim/config/yaml_tree.h"

namespace fusesim {

/// Overrides written as "key.key=value", in order; malformed ones are reported as "--set: ...".
std::vector<YamlEntry> parse_overrides(const std::vector<std::string>& texts, Diagnostics& diagnostics);
/// Lays overrides (dotted keys) over a tree, in order.
void apply_overrides(YamlValue& root, const std::vector<YamlEntry>& overrides);

}  // namespace fusesim
