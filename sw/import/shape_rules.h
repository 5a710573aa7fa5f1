#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node_view.h"

namespace fusesim::importer {

/// Types of a node's outputs by FuseSim's own rules, for operators of the default domain in any opset. Empty
/// if there is no rule for the operator. Throws Error where the inputs contradict it.
std::optional<std::vector<TensorType>> infer_by_rule(const NodeView& node);

/// There is a rule for this type of the default domain.
bool has_shape_rule(const std::string& type);

/// Types of a node's outputs by libonnx's shape inference; of newer opsets as of the newest that libonnx has.
/// Outputs whose shape it cannot tell are empty; all are if libonnx does not know the operator. Throws Error
/// with libonnx's reason.
std::vector<std::optional<TensorType>> infer_by_libonnx(const NodeView& node);

}  // namespace fusesim::importer
