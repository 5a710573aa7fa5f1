#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace fusesim::importer {

/// metadata_props key of weightless files: the true inputs, one a line; every other graph input is a
/// parameter.
constexpr const char* kInputsKey = "fusesim.inputs";

/// Who reads a tensor, in subgraphs too: (node, input slot); no node and slot -1 stand for an output of a
/// subgraph.
using Uses = std::unordered_map<std::string, std::vector<std::pair<const onnx::NodeProto*, int>>>;

Uses collect_uses(const onnx::GraphProto& graph);

/// Names of the graph inputs that carry data, in file order. All others without an initialiser hold
/// parameters: those that the file's metadata leaves out, or, without metadata, those that are read only at
/// operand positions that hold parameters (operators.h), directly or through operators that only transpose or
/// convert them. The nodes have to be sorted. Throws Error where the metadata names something else.
std::vector<std::string> find_true_inputs(const onnx::ModelProto& model, const Uses& uses,
                                          const std::set<std::string>& initialisers);

}  // namespace fusesim::importer
