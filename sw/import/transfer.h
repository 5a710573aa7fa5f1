#pragma once

#include <string>
#include <string_view>

#include "fusesim/import/import.h"

namespace fusesim::importer {

/// A model as bytes for another process of the same program, and back. The graph is checked again on arrival;
/// what Graph::finish works out does not travel. from_bytes throws Error where the bytes are no model.
std::string to_bytes(const ImportedModel& model);
ImportedModel from_bytes(std::string_view bytes);

}  // namespace fusesim::importer
