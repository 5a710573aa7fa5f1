#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

namespace fusesim::importer {

/// Gives every node a unique name: unnamed ones "<type>_<index in the file>", repeated ones a suffix.
void name_nodes(onnx::GraphProto& graph);

/// Names of outer tensors that the subgraphs of a node read, in order of appearance.
std::vector<std::string> captured_tensors(const onnx::NodeProto& node);

/// Sorts the nodes topologically, keeping file order wherever it is one. `sources` are the names of graph
/// inputs and initialisers. Throws Error on a cycle (naming its nodes), a tensor that nothing produces, or
/// one that is produced twice.
void sort_nodes(onnx::GraphProto& graph, const std::set<std::string>& sources);

}  // namespace fusesim::importer
