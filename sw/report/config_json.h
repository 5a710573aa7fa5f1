#pragma once

#include <nlohmann/json_fwd.hpp>

#include "fusesim/config/config.h"

namespace fusesim {

/// The resolved configuration with the keys of its YAML form, in the same order.
nlohmann::ordered_json config_json(const Config& config);

}  // namespace fusesim
