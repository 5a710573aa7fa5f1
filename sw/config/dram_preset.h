#pragma once

#include <string>

#include "fusesim/config/config.h"
#include "fusesim/config/reader.h"

namespace fusesim {

/// Reads the `dram` key of an accelerator: a preset, or a map with `preset` and keys that override it, into
/// `config.dram` and the DRAM part of `config.energy`. Positions and refused keys are added to `state` as
/// "dram.key". A relative path is relative to the file in which it is written (--set: to the working
/// directory).
void read_dram(const YamlEntry* dram, Config& config, ReadState& state);

}  // namespace fusesim
