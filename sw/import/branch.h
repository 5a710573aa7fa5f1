#pragma once

#include <onnx/onnx_pb.h>

#include <functional>
#include <string>
#include <vector>

#include "value.h"

namespace fusesim::importer {

/// The branch of an If as it stands in the place of the node: with the node's name in front of its own.
struct InlinedBranch {
  std::vector<onnx::NodeProto> nodes;
  std::vector<Value> constants;
};

/// `is_taken` tells names of tensors that the graph has already. Throws Error where the branch has fewer
/// outputs than the node, or an initialiser is damaged.
InlinedBranch inline_branch(const onnx::NodeProto& node, const onnx::GraphProto& branch,
                            const std::function<bool(const std::string&)>& is_taken);

}  // namespace fusesim::importer
