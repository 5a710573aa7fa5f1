#pragma once

#include <string>

namespace fusesim {

/// How many nodes a drawing by Graphviz has (elements of class "node"); -1: not well-formed XML.
int svg_nodes(const std::string& svg);

}  // namespace fusesim
