#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "fusesim/base/error.h"

namespace fusesim {

/// A file as JSON whose `format` is this one. Throws Error that names the path.
nlohmann::ordered_json read_json(const std::string& path, const std::string& format);

/// What a JSON pointer leads to. Throws Error "path: pointer: expected a value, got nothing".
const nlohmann::ordered_json& field(const nlohmann::ordered_json& json, const std::string& pointer,
                                    const std::string& path);

}  // namespace fusesim
