#include "scope.h"

namespace fusesim::importer {

const std::string& Scope::of(const std::string& inner) const {
  const auto found = names_.find(inner);
  return found != names_.end() ? found->second : inner;
}

void Scope::rename(onnx::NodeProto& node) const {
  for (std::string& name : *node.mutable_input()) name = of(name);
  for (std::string& name : *node.mutable_output()) name = of(name);
  const auto rename_graph = [this](onnx::GraphProto& graph) {
    for (auto& inner : *graph.mutable_node()) rename(inner);
    for (auto& output : *graph.mutable_output()) output.set_name(of(output.name()));
  };
  for (auto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) rename_graph(*attribute.mutable_g());
    for (auto& graph : *attribute.mutable_graphs()) rename_graph(graph);
  }
}

onnx::NodeProto identity(const std::string& name, const std::string& from, const std::string& to) {
  onnx::NodeProto node;
  node.set_name(name);
  node.set_op_type("Identity");
  node.add_input(from);
  node.add_output(to);
  return node;
}

}  // namespace fusesim::importer
