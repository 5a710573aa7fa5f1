#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fusesim/gnn/graph_input.h"

namespace fusesim {

/// models/gnn/<name>.json
nlohmann::json shipped_metrics(const std::string& name);

/// The groups that do not fit of the sample of test groups that ships with a scheme's network.
std::vector<gnn::GraphInput> invalid_sample(const std::string& scheme);

}  // namespace fusesim
