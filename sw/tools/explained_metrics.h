#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "fusesim/explain/fidelity.h"

namespace fusesim {

/// The groups with the class "invalid"; they have to outlive the result.
std::vector<ExplainedGraph> as_invalid(const std::vector<gnn::GraphInput>& groups);

/// As metrics files hold it.
nlohmann::ordered_json to_json(const Fidelity& fidelity);

/// Adds what an explainer of the class "invalid" says of the test groups, beside as many edges drawn at
/// random.
void add_test(nlohmann::ordered_json& metrics, const gnn::Network& network, GraphExplainer& explainer,
              const std::vector<gnn::GraphInput>& test, uint64_t seed);

}  // namespace fusesim
