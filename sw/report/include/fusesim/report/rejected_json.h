#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "fusesim/report/rejected.h"

namespace fusesim {

/// The list `unfusable` (README.md lists its fields).
nlohmann::ordered_json rejected_json(const std::vector<RejectedOp>& rejected, const Graph& graph);

}  // namespace fusesim
