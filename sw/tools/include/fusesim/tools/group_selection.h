#pragma once

#include <string>

#include "fusesim/graph/graph.h"

namespace fusesim {

/// The group that --group names: a comma-separated list of ops and ranges. An op is given by the name of one
/// of its ONNX nodes, folded ones too, or by its topological index; a range `A..B` is every op on a path from
/// A to B. A name comes before an index that reads alike; a name with a comma in it is reached by its index.
/// Throws Error "--group: ..." for an unknown or ambiguous name, a range without a path, and a group that is
/// not legal.
Group select_group(const Graph& graph, const std::string& text);

}  // namespace fusesim
