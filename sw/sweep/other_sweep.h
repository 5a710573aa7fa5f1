#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "fusesim/sweep/sweep.h"

namespace fusesim {

/// What a directory with this `manifest` holds, what `asked` asks for, in what they differ as far as its
/// points tell, and the ways on: several lines, to be told who may not use the directory.
std::string other_sweep_text(const std::filesystem::path& directory, const nlohmann::ordered_json& manifest,
                             const Sweep& asked);

}  // namespace fusesim
