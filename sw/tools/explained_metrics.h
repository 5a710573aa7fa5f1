#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "fusesim/explain/fidelity.h"

namespace fusesim {

/// The groups with the class "invalid"; they have to outlive the result.
std::vector<ExplainedGraph> as_invalid(const std::vector<gnn::GraphInput>& groups);

/// As metrics files hold it.
nlohmann::ordered_json to_json(const Fidelity& fidelity);

}  // namespace fusesim
