#pragma once

#include <onnx/onnx_pb.h>

#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "node_view.h"
#include "place.h"
#include "sources.h"

namespace fusesim::importer {

/// A node with the indices of its tensors in TypedGraph::values; -1 for an optional input that is absent and
/// an output that nothing reads.
struct TypedNode {
  const onnx::NodeProto* proto = nullptr;  ///< of a quantised operator its plain form
  const onnx::NodeProto* filed = nullptr;  ///< as the file has it
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::vector<int> captured;  ///< tensors that its subgraphs read
  bool constant = false;      ///< folded: all outputs are constants
};

/// The graph with a static type for every tensor that is read. Points into the model that it was made from.
struct TypedGraph {
  int64_t opset = 0;
  std::vector<Value> values;
  std::unordered_map<std::string, int> index;  ///< tensor name -> position in values
  std::vector<TypedNode> nodes;                ///< in the model's order
  std::deque<onnx::NodeProto> written;         ///< nodes that the model does not have as they are used
  std::vector<std::string> notes;              ///< what the file says otherwise, one line each

  NodeView view(const TypedNode& node) const;
};

/// Infers shapes and folds constants, node by node in the model's (topological) order. An If whose condition
/// is a known constant gives way to the nodes of its branch. Throws Error "node: reason" where a shape is not
/// static, not positive, or not known.
TypedGraph infer(const onnx::ModelProto& model, const Sources& sources, Place& place);

}  // namespace fusesim::importer
