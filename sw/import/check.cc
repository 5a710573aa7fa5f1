#include "check.h"

#include <onnx/checker.h>
#include <onnx/defs/schema.h>

#include <algorithm>
#include <new>
#include <string>
#include <unordered_set>

#include "fusesim/base/error.h"
#include "opset.h"
#include "shape_rules.h"

namespace fusesim::importer {
namespace {

/// The checker wants a type and a shape, if only an empty one, where the format makes both optional.
void complete_outputs(onnx::GraphProto& graph) {
  for (auto& output : *graph.mutable_output()) {
    if (!output.has_type())
      output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    if (output.type().has_tensor_type()) output.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
  for (auto& input : *graph.mutable_input()) {
    if (input.type().has_tensor_type()) input.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
  if (graph.name().empty()) graph.set_name("graph");
}

/// Stands for every operator that libonnx has no schema of.
constexpr const char* kOtherDomain = "fusesim.other";

bool is_static(const onnx::ValueInfoProto& info) {
  if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return false;
  const auto& dims = info.type().tensor_type().shape().dim();
  return std::all_of(dims.begin(), dims.end(), [](const auto& dim) { return dim.has_dim_value(); });
}

std::unordered_set<std::string> declared_tensors(const onnx::GraphProto& graph) {
  std::unordered_set<std::string> names;
  for (const auto& info : graph.value_info()) {
    if (is_static(info)) names.insert(info.name());
  }
  for (const auto& info : graph.output()) {
    if (is_static(info)) names.insert(info.name());
  }
  return names;
}

/// Newer or unknown operators are let pass where their shapes are known all the same: a file may carry an
/// older opset than its operators come from.
void set_others_apart(onnx::GraphProto& graph, int opset) {
  const std::unordered_set<std::string> declared = declared_tensors(graph);
  for (auto& node : *graph.mutable_node()) {
    for (auto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) set_others_apart(*attribute.mutable_g(), opset);
      for (auto& inner : *attribute.mutable_graphs()) set_others_apart(inner, opset);
    }
    if (is_default_domain(node.domain())) {
      if (onnx::OpSchemaRegistry::Schema(node.op_type(), opset, onnx::ONNX_DOMAIN) != nullptr) continue;
      const bool known = has_shape_rule(node.op_type()) ||
                         std::all_of(node.output().begin(), node.output().end(),
                                     [&](const auto& o) { return declared.count(o) != 0; });
      if (!known) {
        throw Error(
            "not a valid ONNX model: No Op registered for " + node.op_type() + " in opset " +
            std::to_string(opset) + " (node " + node.name() +
            "): to run it as an opaque operator save the model with value_info that gives the shape of "
            "what it makes");
      }
    }
    node.set_domain(kOtherDomain);
  }
}

}  // namespace

void check_with_libonnx(const onnx::ModelProto& model) {
  const int64_t opset = default_opset(model);
  if (opset > kNewestCheckedOpset) return;
  onnx::ModelProto copy = model;
  set_others_apart(*copy.mutable_graph(), static_cast<int>(opset));
  auto& other = *copy.add_opset_import();
  other.set_domain(kOtherDomain);
  other.set_version(1);
  copy.set_ir_version(std::clamp<int64_t>(copy.ir_version(), 3, onnx::IR_VERSION));
  complete_outputs(*copy.mutable_graph());
  try {
    onnx::checker::check_model(copy);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& e) {
    throw Error(std::string("not a valid ONNX model: ") + e.what());
  }
}

}  // namespace fusesim::importer
