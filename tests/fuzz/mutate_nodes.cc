#include <onnx/defs/schema.h>

#include <algorithm>

#include "model_mutator.h"

namespace fusesim::testing {
namespace {

using onnx::AttributeProto;
using onnx::OpSchema;

/// The newest schema of every operator of the default domain.
const std::vector<const OpSchema*>& schemas() {
  static const std::vector<const OpSchema*> found = [] {
    std::vector<std::string> names;
    for (const OpSchema& schema : onnx::OpSchemaRegistry::get_all_schemas()) {
      if (schema.domain() == onnx::ONNX_DOMAIN) names.push_back(schema.Name());
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<const OpSchema*> schemas;
    schemas.reserve(names.size());
    for (const std::string& name : names) schemas.push_back(onnx::OpSchemaRegistry::Schema(name));
    return schemas;
  }();
  return found;
}

const OpSchema* schema_of(const std::string& type) { return onnx::OpSchemaRegistry::Schema(type); }

}  // namespace

void ModelMutator::set_text(AttributeProto& attribute) {
  static const std::vector<const char*> texts{
      "NOTSET",    "SAME_UPPER",        "SAME_LOWER",    "VALID",
      "constant",  "reflect",           "nearest",       "linear",
      "cubic",     "half_pixel",        "align_corners", "asymmetric",
      "floor",     "round_prefer_ceil", "DCR",           "CRD",
      "forward",   "bidirectional",     "mean",          "none",
      "ij,jk->ik", "...ij->...",        "ii->i",         "ij->ji",
      "",          "stretch",           "zeros",         "not_larger"};
  attribute.set_s(pick(texts));
}

void ModelMutator::set_value(AttributeProto& attribute) {
  const size_t count = one_in(6) ? below(12) : below(5);
  switch (attribute.type()) {
    case AttributeProto::INT:
      return attribute.set_i(integer());
    case AttributeProto::FLOAT:
      return attribute.set_f(one_in(3) ? static_cast<float>(integer()) : 0.5F);
    case AttributeProto::INTS:
      attribute.clear_ints();
      for (size_t i = 0; i < count; ++i) attribute.add_ints(integer());
      return;
    case AttributeProto::FLOATS:
      attribute.clear_floats();
      for (size_t i = 0; i < count; ++i) attribute.add_floats(static_cast<float>(integer()));
      return;
    case AttributeProto::STRING:
      return set_text(attribute);
    case AttributeProto::STRINGS:
      attribute.clear_strings();
      for (size_t i = 0; i < count; ++i) attribute.add_strings("relu");
      return;
    case AttributeProto::TENSOR:
      return fill(*attribute.mutable_t(), dimensions(), element_type());
    default:
      return;
  }
}

void ModelMutator::fill_attributes(onnx::NodeProto& node) {
  const OpSchema* schema = schema_of(node.op_type());
  if (schema == nullptr) return;
  for (const auto& [name, declared] : schema->attributes()) {
    if (!declared.required && !one_in(3)) continue;
    AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(declared.type);
    set_value(attribute);
  }
}

void ModelMutator::add_node(onnx::GraphProto& graph) {
  const OpSchema& schema = *pick(schemas());
  const int most = std::min(schema.max_input(), schema.min_input() + 4);
  const int count =
      schema.min_input() + static_cast<int>(below(static_cast<size_t>(most - schema.min_input()) + 1));
  const int before = static_cast<int>(below(static_cast<size_t>(graph.node_size()) + 1));
  onnx::NodeProto made;
  made.set_op_type(schema.Name());
  for (int i = 0; i < count; ++i) made.add_input(one_in(20) ? "" : tensor(graph, before));
  const int outputs = std::max(1, std::min(schema.max_output(), 1 + static_cast<int>(below(3))));
  for (int i = 0; i < outputs; ++i) made.add_output(fresh_name("t"));
  fill_attributes(made);
  const std::string& made_tensor = made.output(static_cast<int>(below(static_cast<size_t>(outputs))));
  if (before < graph.node_size() && one_in(2)) {
    onnx::NodeProto& reader = *graph.mutable_node(before);
    if (reader.input_size() > 0 && one_in(2) && count > 0) made.set_input(0, reader.input(0));
    if (reader.input_size() > 0) reader.set_input(0, made_tensor);
  } else {
    graph.add_output()->set_name(made_tensor);
  }
  *graph.add_node() = std::move(made);
  for (int at = graph.node_size() - 1; at > before; --at) graph.mutable_node()->SwapElements(at, at - 1);
}

void ModelMutator::duplicate_node(onnx::GraphProto& graph) {
  onnx::NodeProto copy = graph.node(static_cast<int>(below(static_cast<size_t>(graph.node_size()))));
  for (auto& output : *copy.mutable_output()) output = fresh_name("t");
  if (copy.output_size() > 0) graph.add_output()->set_name(copy.output(0));
  *graph.add_node() = std::move(copy);
}

/// What read its outputs reads its first input.
void ModelMutator::remove_node(onnx::GraphProto& graph, int at) {
  const onnx::NodeProto gone = graph.node(at);
  graph.mutable_node()->DeleteSubrange(at, 1);
  if (gone.input_size() == 0 || one_in(30)) return;
  const auto renamed = [&](const std::string& name) {
    return !name.empty() &&
           std::find(gone.output().begin(), gone.output().end(), name) != gone.output().end();
  };
  for (auto& node : *graph.mutable_node()) {
    for (auto& input : *node.mutable_input()) {
      if (renamed(input)) input = gone.input(0);
    }
  }
  for (auto& output : *graph.mutable_output()) {
    if (renamed(output.name())) output.set_name(gone.input(0));
  }
}

void ModelMutator::change_operator(onnx::NodeProto& node) {
  if (one_in(20)) {
    node.set_domain(one_in(2) ? "org.example" : "ai.onnx");
  } else {
    node.set_op_type(one_in(40) ? "Frobnicate" : pick(schemas())->Name());
    if (one_in(2)) node.clear_attribute();
    if (one_in(2)) fill_attributes(node);
  }
}

void ModelMutator::change_inputs(onnx::GraphProto& graph, int at) {
  onnx::NodeProto& node = *graph.mutable_node(at);
  const size_t count = static_cast<size_t>(node.input_size());
  const std::string read = tensor(graph, one_in(40) ? graph.node_size() : at);
  if (count == 0 || one_in(8)) return node.add_input(read);
  if (one_in(8)) return node.mutable_input()->RemoveLast();
  node.set_input(static_cast<int>(below(count)), one_in(10) ? "" : read);
}

void ModelMutator::change_outputs(onnx::GraphProto& graph, onnx::NodeProto& node) {
  const size_t count = static_cast<size_t>(node.output_size());
  if (count > 1 && one_in(4)) return node.mutable_output()->RemoveLast();
  if (count > 0 && one_in(4))
    return node.set_output(static_cast<int>(below(count)), one_in(2) ? "" : tensor(graph));
  const std::string name = fresh_name("t");
  node.add_output(name);
  if (one_in(2)) graph.add_output()->set_name(name);
}

void ModelMutator::change_attributes(onnx::NodeProto& node) {
  const size_t count = static_cast<size_t>(node.attribute_size());
  if (count == 0 || one_in(4)) return fill_attributes(node);
  if (one_in(8)) return add_old_attribute(node);
  if (one_in(6)) {
    node.mutable_attribute()->SwapElements(static_cast<int>(below(count)), static_cast<int>(count) - 1);
    return node.mutable_attribute()->RemoveLast();
  }
  AttributeProto& attribute = *node.mutable_attribute(static_cast<int>(below(count)));
  if (one_in(16)) attribute.set_type(static_cast<AttributeProto::AttributeType>(below(15)));
  set_value(attribute);
}

/// Attributes of other opsets than the newest.
void ModelMutator::add_old_attribute(onnx::NodeProto& node) {
  static const std::vector<const char*> lists{"axes", "split", "pads", "starts", "ends", "scales"};
  static const std::vector<const char*> numbers{"min", "max", "value", "ratio"};
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(one_in(3) ? pick(numbers) : pick(lists));
  attribute.set_type(one_in(2) ? AttributeProto::INTS : AttributeProto::FLOATS);
  if (one_in(3)) attribute.set_type(one_in(2) ? AttributeProto::INT : AttributeProto::FLOAT);
  set_value(attribute);
}

/// A branch or body that reads a tensor of the graph.
void ModelMutator::set_subgraph(const std::string& read, onnx::NodeProto& node) {
  static const std::vector<const char*> names{"then_branch", "else_branch", "body"};
  if (one_in(2)) node.set_op_type("If");
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(pick(names));
  attribute.set_type(AttributeProto::GRAPH);
  onnx::GraphProto& body = *attribute.mutable_g();
  body.set_name("body");
  onnx::NodeProto& inner = *body.add_node();
  inner.set_op_type("Relu");
  inner.add_input(read);
  inner.add_output("inside");
  body.add_output()->set_name("inside");
  if (one_in(2)) {
    onnx::TensorProto& inside = *body.add_initializer();
    inside.set_name(fresh_name("k"));
    fill(inside, dimensions(), element_type());
  }
  if (one_in(4)) set_subgraph(read, inner);
}

void ModelMutator::change_nodes(onnx::GraphProto& graph) {
  if (graph.node_size() == 0) return add_node(graph);
  const auto at = static_cast<int>(below(static_cast<size_t>(graph.node_size())));
  onnx::NodeProto& node = *graph.mutable_node(at);
  switch (below(14)) {
    case 0:
      return remove_node(graph, at);
    case 1:
      return duplicate_node(graph);
    case 2:
    case 3:
      return change_operator(node);
    case 4:
    case 5:
      return change_inputs(graph, at);
    case 6:
      return change_outputs(graph, node);
    case 7:
      return one_in(3) ? set_subgraph(tensor(graph, at), node) : change_attributes(node);
    case 8:
    case 9:
      return change_attributes(node);
    default:
      return add_node(graph);
  }
}

}  // namespace fusesim::testing
