#include "functions.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fusesim/base/error.h"
#include "opset.h"
#include "scope.h"

namespace fusesim::importer {
namespace {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
using Attributes = std::map<std::string, onnx::AttributeProto>;

/// Several times the largest network: functions that call one another twice grow without bound.
constexpr int64_t kMostNodes = int64_t{1} << 18;

// Fields that Debian's onnx.proto is too old to name.
constexpr int kNodeOverload = 8;
constexpr int kFunctionAttributes = 11;
constexpr int kFunctionOverload = 13;

template <class Message>
std::vector<std::string> unknown_fields(const Message& message, int number) {
  std::vector<std::string> values;
  const auto& fields = message.GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < fields.field_count(); ++i) {
    const auto& field = fields.field(i);
    if (field.number() == number && field.type() == google::protobuf::UnknownField::TYPE_LENGTH_DELIMITED)
      values.push_back(field.length_delimited());
  }
  return values;
}

template <class Message>
std::string overload_of(const Message& message, int number) {
  const std::vector<std::string> values = unknown_fields(message, number);
  return values.empty() ? "" : values.back();
}

std::string key_of(const std::string& domain, const std::string& type, const std::string& overload) {
  return (is_default_domain(domain) ? "" : domain) + ":" + type + ":" + overload;
}

/// Values of the attributes of a function that a call does not give.
Attributes defaults_of(const onnx::FunctionProto& function) {
  Attributes defaults;
  for (const std::string& bytes : unknown_fields(function, kFunctionAttributes)) {
    onnx::AttributeProto attribute;
    if (attribute.ParseFromString(bytes)) defaults[attribute.name()] = attribute;
  }
  return defaults;
}

/// Attributes that refer to one of the function's become what the call gives, or go.
void bind_attributes(onnx::NodeProto& node, const Attributes& given) {
  auto& attributes = *node.mutable_attribute();
  for (int i = attributes.size(); i-- > 0;) {
    onnx::AttributeProto& attribute = attributes[i];
    if (attribute.has_g()) {
      for (auto& inner : *attribute.mutable_g()->mutable_node()) bind_attributes(inner, given);
    }
    if (attribute.ref_attr_name().empty()) continue;
    const auto found = given.find(attribute.ref_attr_name());
    if (found == given.end()) {
      attributes.DeleteSubrange(i, 1);
      continue;
    }
    const std::string name = attribute.name();
    attribute = found->second;
    attribute.set_name(name);
  }
}

class Inliner {
 public:
  explicit Inliner(const onnx::ModelProto& model) {
    for (const auto& function : model.functions())
      functions_[key_of(function.domain(), function.name(), overload_of(function, kFunctionOverload))] =
          &function;
  }

  void inline_calls(Nodes& nodes) {
    Nodes result;
    for (auto& node : nodes) place(std::move(node), result);
    nodes.Swap(&result);
  }

 private:
  const onnx::FunctionProto* find(const onnx::NodeProto& node) const {
    const auto found =
        functions_.find(key_of(node.domain(), node.op_type(), overload_of(node, kNodeOverload)));
    return found != functions_.end() ? found->second : nullptr;
  }

  void place(onnx::NodeProto node, Nodes& result) {
    if (const onnx::FunctionProto* function = find(node)) return expand(node, *function, result);
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) inline_calls(*attribute.mutable_g()->mutable_node());
      for (auto& graph : *attribute.mutable_graphs()) inline_calls(*graph.mutable_node());
    }
    *result.Add() = std::move(node);
  }

  void expand(const onnx::NodeProto& call, const onnx::FunctionProto& function, Nodes& result) {
    if (std::find(open_.begin(), open_.end(), &function) != open_.end())
      throw Error(call.name() + ": function " + function.name() + " calls itself");
    open_.push_back(&function);
    Attributes given = defaults_of(function);
    for (const auto& attribute : call.attribute()) given[attribute.name()] = attribute;
    Nodes after;
    const Scope scope = scope_of(call, function, after);
    for (int i = 0; i < function.node_size(); ++i) {
      onnx::NodeProto node = function.node(i);
      if (++placed_ > kMostNodes)
        throw Error(call.name() + ": functions come to more than " + std::to_string(kMostNodes) + " nodes");
      bind_attributes(node, given);
      scope.rename(node);
      const std::string own = node.name().empty() ? node.op_type() + "_" + std::to_string(i) : node.name();
      node.set_name(call.name() + "/" + own);
      place(std::move(node), result);
    }
    result.MergeFrom(after);
    open_.pop_back();
  }

  /// Outputs that are inputs as well are passed on by nodes that come after the body.
  static Scope scope_of(const onnx::NodeProto& call, const onnx::FunctionProto& function, Nodes& after) {
    Scope scope;
    const std::string prefix = call.name() + "/";
    for (const auto& node : function.node()) {
      for (const auto* names : {&node.input(), &node.output()}) {
        for (const std::string& name : *names) {
          if (!name.empty()) scope.bind(name, prefix + name);
        }
      }
    }
    for (int i = 0; i < function.input_size(); ++i)
      scope.bind(function.input(i), i < call.input_size() ? call.input(i) : "");
    std::vector<std::string> given(function.input().begin(), function.input().end());
    for (int i = 0; i < std::min(function.output_size(), call.output_size()); ++i) {
      const std::string& inner = function.output(i);
      if (call.output(i).empty()) continue;
      if (std::find(given.begin(), given.end(), inner) != given.end()) {
        *after.Add() = identity(prefix + inner + "_" + std::to_string(i), scope.of(inner), call.output(i));
      } else {
        scope.bind(inner, call.output(i));
        given.push_back(inner);
      }
    }
    return scope;
  }

  std::unordered_map<std::string, const onnx::FunctionProto*> functions_;
  std::vector<const onnx::FunctionProto*> open_;  ///< those whose bodies are being placed, outermost first
  int64_t placed_ = 0;
};

}  // namespace

void inline_functions(onnx::ModelProto& model) {
  if (model.functions_size() == 0) return;
  const google::protobuf::RepeatedPtrField<onnx::FunctionProto> functions = model.functions();
  Inliner(model).inline_calls(*model.mutable_graph()->mutable_node());
  model.clear_functions();
}

}  // namespace fusesim::importer
