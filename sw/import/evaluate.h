#pragma once

#include <optional>
#include <vector>

#include "node_view.h"

namespace fusesim::importer {

/// Nodes that make constants out of attributes and static shapes: Constant, Shape, Size, ConstantOfShape,
/// Range. Empty for all others. The values carry no name.
std::optional<Value> make_constant(const NodeView& node);

/// Elements of the outputs of a node whose inputs are all known constants: the arithmetic that exporters do
/// on shapes. Empty if the operator is not among it. Throws Error on overflow, division by 0 and indices out
/// of range.
std::optional<std::vector<Constant>> evaluate(const NodeView& node, const std::vector<TensorType>& types);

}  // namespace fusesim::importer
