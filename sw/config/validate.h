#pragma once

#include <string>

#include "fusesim/config/config.h"
#include "fusesim/config/reader.h"

namespace fusesim {

/// Rules between keys. A rule is skipped if one of its keys was refused already.
/// `source` names the configuration when none of the rule's keys was written anywhere.
void check_rules(const Config& config, const std::string& source, ReadState& state);

}  // namespace fusesim
