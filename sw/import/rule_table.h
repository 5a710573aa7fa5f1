#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "node_view.h"

namespace fusesim::importer {

/// Types of the outputs of an operator, in order; those behind the last one are not known.
using Types = std::vector<TensorType>;
/// Throws Error where the operands contradict the operator. Asks for operands through NodeView, which checks
/// that they are there; the number of operands and outputs is checked before (operators.h).
using ShapeRule = Types (*)(const NodeView&);
using RuleTable = std::unordered_map<std::string, ShapeRule>;

/// One output of the first operand's element type.
inline Types first_output(const NodeView& node, Dims dims) {
  return {{node.input(0).type.elem_type, std::move(dims)}};
}

/// Convolutions, pools and other operators that move a window over the spatial dimensions.
void add_window_rules(RuleTable& table);

}  // namespace fusesim::importer
