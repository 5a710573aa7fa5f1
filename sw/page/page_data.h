#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace fusesim {

/// What the page's scripts show: {sweep {name, version, commit, fixed, not_monotone}, axes, points[],
/// graphs[]}. A point has id, axes, status and reason of the sweep and, where it has a report, the index of
/// its graph, clock_mhz, fusion, search, totals, alternatives and warnings of the report, and its groups as
/// one array per field (sw/page/README.md). Throws Error.
nlohmann::ordered_json page_data(const std::string& sweep_directory);

}  // namespace fusesim
