#pragma once

#include <string>

namespace fusesim {

/// Draws a graph in the DOT language as SVG with Graphviz's `dot`. Throws Error if that is not installed or
/// does not take the graph.
std::string to_svg(const std::string& dot);

}  // namespace fusesim
