#pragma once

#include <string>

#include "fusesim/config/config.h"
#include "reader.h"

namespace fusesim {

/// Reads the `dram` key of an accelerator: a preset, or a map with `preset` and keys that override it, into
/// `config.dram` and the DRAM part of `config.energy`. Positions and refused keys are added to `state` as
/// "dram.key". `accelerator_path` is what a relative path in the file is relative to.
void read_dram(const YamlEntry* dram, const std::string& accelerator_path, Config& config, ReadState& state);

}  // namespace fusesim
