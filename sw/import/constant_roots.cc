#include "constant_roots.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include "opset.h"
#include "tensor_data.h"

namespace fusesim::importer {
namespace {

/// Operator and attributes, whatever the order in which the file has them.
std::string signature(const onnx::NodeProto& node) {
  std::vector<std::string> attributes;
  for (const auto& attribute : node.attribute()) attributes.push_back(attribute.SerializeAsString());
  std::sort(attributes.begin(), attributes.end());
  std::string text = type_text(node);
  for (const std::string& attribute : attributes) text += '\0' + attribute;
  return text;
}

}  // namespace

std::vector<int> constant_roots(const TypedGraph& graph) {
  std::vector<int> roots(graph.values.size());
  std::iota(roots.begin(), roots.end(), 0);
  std::map<std::pair<std::string, std::vector<int>>, const TypedNode*> known;
  for (const TypedNode& node : graph.nodes) {
    if (!node.constant || node.inputs.empty() || !node.captured.empty()) continue;
    std::vector<int> inputs;
    for (const int input : node.inputs) inputs.push_back(input < 0 ? -1 : roots[static_cast<size_t>(input)]);
    const bool identity = node.proto->op_type() == "Identity" && is_default_domain(node.proto->domain());
    const TypedNode& first =
        *known.emplace(std::make_pair(signature(*node.proto), inputs), &node).first->second;
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const int earlier = identity ? inputs[0] : (i < first.outputs.size() ? first.outputs[i] : -1);
      if (node.outputs[i] >= 0 && earlier >= 0)
        roots[static_cast<size_t>(node.outputs[i])] = roots[static_cast<size_t>(earlier)];
    }
  }
  return roots;
}

std::vector<int32_t> stored_bits(const TypedGraph& graph) {
  static const std::set<std::string> keeps{"Identity", "DequantizeLinear", "Transpose", "Reshape",
                                           "Squeeze",  "Unsqueeze",        "Flatten",   "Cast"};
  std::vector<int32_t> bits;
  for (const Value& value : graph.values)
    bits.push_back(static_cast<int32_t>(element_bits(value.type.elem_type)));
  for (const TypedNode& node : graph.nodes) {
    const bool kept = node.constant && keeps.count(node.proto->op_type()) != 0 &&
                      is_default_domain(node.proto->domain()) && !node.inputs.empty() &&
                      node.inputs[0] >= 0 && !node.outputs.empty() && node.outputs[0] >= 0;
    if (kept) bits[static_cast<size_t>(node.outputs[0])] = bits[static_cast<size_t>(node.inputs[0])];
  }
  return bits;
}

}  // namespace fusesim::importer
