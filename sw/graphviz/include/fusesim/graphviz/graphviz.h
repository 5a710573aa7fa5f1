#pragma once

#include <string>

namespace fusesim {

/// What Graphviz's `dot` makes of a graph in the DOT language: "svg", "plain" and so on, as `dot -T` names
/// them. Throws Error "dot: reason" if it is not installed or does not take the graph.
std::string run_graphviz(const std::string& dot, const std::string& format);

}  // namespace fusesim
